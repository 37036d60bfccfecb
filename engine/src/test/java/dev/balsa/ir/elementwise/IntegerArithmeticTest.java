package dev.balsa.ir.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

class IntegerArithmeticTest {
    private static final Tensor SEVENS = Tensor.of(new long[] {7, -7, 7, -7}, 4);
    private static final Tensor THREES = Tensor.of(new long[] {3, 3, -3, -3}, 4);
    private static final Tensor HUGE = Tensor.of(new long[] {-1}, 1).cast(DataType.UINT64);
    private static final Tensor TWO = Tensor.of(new long[] {2}, 1).cast(DataType.UINT64);

    @Test
    void dividesTowardZero() {
        assertThat(NodeModel.of("Div", 14).run(SEVENS, THREES).toLongArray()).containsExactly(2, -2, -2, 2);
        assertThat(NodeModel.of("Div", 14).run(HUGE, TWO).toLongArray()).containsExactly(Long.MAX_VALUE);
    }

    @Test
    void leavesRemaindersOfEitherSign() {
        assertThat(NodeModel.of("Mod", 13).run(SEVENS, THREES).toLongArray()).containsExactly(1, 2, -2, -1);
        assertThat(NodeModel.of("Mod", 13).with("fmod", 1).run(SEVENS, THREES).toLongArray())
                .containsExactly(1, -1, 1, -1);
    }

    @Test
    void namesADivisionByZero() {
        var zeros = Tensor.of(new long[1], 1);
        assertThatThrownBy(() -> NodeModel.of("Div", 14).run(SEVENS, zeros))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("division by zero");
        assertThatThrownBy(() -> NodeModel.of("Mod", 14).run(SEVENS, zeros)).isInstanceOf(ShapeException.class);
    }

    @Test
    void ordersUnsignedNumbers() {
        assertThat(NodeModel.of("Greater", 13).run(HUGE, TWO).getBoolean(0)).isTrue();
        assertThat(NodeModel.of("Max", 13).run(HUGE, TWO).getLong(0)).isEqualTo(-1);
        assertThat(NodeModel.of("Min", 13).run(HUGE, TWO).getLong(0)).isEqualTo(2);
        assertThat(NodeModel.of("Clip", 13).run(HUGE).getLong(0)).isEqualTo(-1);
        assertThat(NodeModel.of("Sign", 13).run(HUGE).getLong(0)).isEqualTo(1);
    }

    @Test
    void shiftsOutEverything() {
        var x = Tensor.of(new byte[] {(byte) 0x81, (byte) 0x81}, 2).cast(DataType.UINT8);
        var by = Tensor.of(new byte[] {1, 8}, 2).cast(DataType.UINT8);
        assertThat(NodeModel.of("BitShift", 11)
                        .with("direction", "LEFT")
                        .run(x, by)
                        .toLongArray())
                .containsExactly(2, 0);
        assertThat(NodeModel.of("BitShift", 11)
                        .with("direction", "RIGHT")
                        .run(x, by)
                        .toLongArray())
                .containsExactly(0x40, 0);
    }

    @Test
    void raisesIntegersExactly() {
        var base = Tensor.of(new long[] {3, -2, 2, 1}, 4);
        var exponent = Tensor.of(new long[] {39, 63, -1, -5}, 4);
        assertThat(NodeModel.of("Pow", 15).run(base, exponent).toLongArray())
                .containsExactly(4052555153018976267L, Long.MIN_VALUE, 0, 1);
    }

    @Test
    void refusesOperandsOfDifferentTypes() {
        assertThatThrownBy(() -> NodeModel.of("Add", 14).run(SEVENS, Tensor.of(new float[4], 4)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expected int64, found float32");
    }
}
