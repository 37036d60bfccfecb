package dev.balsa.ir.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CastTest {
    private static Tensor cast(Tensor x, int number) {
        return NodeModel.of("Cast", 21).with("to", number).run(x);
    }

    @ParameterizedTest
    @CsvSource({
        "1e-5, 0.00001",
        "314.1592, 314.1592",
        "1e10, 10000000000.0",
        "-0.0, -0.0",
        "2, 2.0",
        "NaN, NaN",
        "-Infinity, -INF"
    })
    void writesFloatsPlainly(float value, String text) {
        assertThat(cast(Tensor.of(new float[] {value}, 1), 8).getString(0)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"FLOAT16, 0.1, 0.1", "BFLOAT16, 3.14, 3.14", "FLOAT16, 65504, 65500.0", "FLOAT16, 6e-8, 0.00000006"})
    void writesShortFloatsWithTheFewestDigits(DataType type, double value, String text) {
        var x = Tensor.allocate(type, Shape.of(1));
        x.setDouble(0, value);
        assertThat(cast(x, 8).getString(0)).isEqualTo(text);
    }

    @Test
    void readsPlainAndScientificTextAndNames() {
        var text = Tensor.of(new String[] {"3.14", "1E8", "1e-5", "inf", "-INF", "+Inf", "nan"}, 7);
        assertThat(cast(text, 1).toFloatArray())
                .containsExactly(
                        3.14F,
                        1e8F,
                        1e-5F,
                        Float.POSITIVE_INFINITY,
                        Float.NEGATIVE_INFINITY,
                        Float.POSITIVE_INFINITY,
                        Float.NaN);
        assertThat(cast(Tensor.of(new String[] {"-12", "1e3", "100.5"}, 3), 7).toLongArray())
                .containsExactly(-12, 1000, 100);
    }

    @Test
    void refusesTextThatIsNoNumber() {
        assertThatThrownBy(() -> cast(Tensor.of(new String[] {"Hello World!"}, 1), 1))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("Hello World!");
        assertThatThrownBy(() -> cast(Tensor.of(new String[] {"1e999999999"}, 1), 7))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void keepsUnsigned64BitNumbers() {
        var x = Tensor.of(new double[] {0x1p63, 3.9, 0x1p64 - 2048}, 3);
        assertThat(cast(x, 13).toLongArray()).containsExactly(Long.MIN_VALUE, 3, -2048);
        assertThat(cast(Tensor.of(new long[] {-1}, 1).cast(DataType.UINT64), 8).getString(0))
                .isEqualTo("18446744073709551615");
        assertThat(cast(Tensor.of(new long[] {-1}, 1).cast(DataType.UINT64), 11).getDouble(0))
                .isEqualTo(0x1p64);
    }

    @Test
    void roundsToShortFloatsOnce() {
        // Halfway between two bfloat16 values plus a little that float32 cannot hold.
        var x = Tensor.of(new double[] {1 + 0x1p-8 + 0x1p-40, 1 + 0x1p-8}, 2);
        assertThat(cast(x, 16).toDoubleArray()).containsExactly(1 + 0x1p-7, 1);
    }

    @Test
    void readsTheNamesOfTheFirstOpset() {
        var x = Tensor.of(new float[] {-2.7F, 2.7F}, 2);
        assertThat(NodeModel.of("Cast", 1).with("to", "INT32").run(x).toLongArray())
                .containsExactly(-2, 2);
        assertThatThrownBy(() -> NodeModel.of("Cast", 1).with("to", "FLOAT128").run(x))
                .isInstanceOf(ModelFormatException.class);
    }
}
