package dev.balsa.ir.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ModelFormatException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Forms of operators that newer opsets write otherwise.
class OlderFormsTest {
    private static final Tensor X = Tensor.of(new float[] {-1, -2, -3, -4, -5, -6, -7, -8}, 1, 2, 2, 2);

    @Test
    void clipsByAttributes() {
        assertThat(NodeModel.of("Clip", 6)
                        .with("min", -6F)
                        .with("max", -3F)
                        .run(X)
                        .toFloatArray())
                .containsExactly(-3, -3, -3, -4, -5, -6, -6, -6);
        assertThat(NodeModel.of("Clip", 6).with("max", -3F).run(X).toFloatArray())
                .containsExactly(-3, -3, -3, -4, -5, -6, -7, -8);
    }

    @Test
    void linesUpOperandsByAxis() {
        var b = Tensor.of(new float[] {10, 20}, 2);
        var sums = NodeModel.of("Add", 6).with("broadcast", 1).with("axis", 1).run(X, b);
        assertThat(sums.toFloatArray()).containsExactly(9, 8, 7, 6, 15, 14, 13, 12);
    }

    @Test
    void refusesAxesThatDoNotFit() {
        for (long axis : new long[] {4, -9, Long.MAX_VALUE, Long.MIN_VALUE}) {
            var node = NodeModel.of("Less", 6).with("broadcast", 1).with("axis", axis);
            assertThatThrownBy(() -> node.run(X, Tensor.of(new float[2], 2)))
                    .as("axis %d", axis)
                    .isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void takesSlopesPerChannel() {
        var slopes = Tensor.of(new float[] {0.5F, 2}, 2);
        assertThat(NodeModel.of("PRelu", 6).run(X, slopes).toFloatArray())
                .containsExactly(-0.5F, -1, -1.5F, -2, -10, -12, -14, -16);
        assertThat(NodeModel.of("PRelu", 9).run(X, slopes).toFloatArray())
                .containsExactly(-0.5F, -4, -1.5F, -8, -2.5F, -12, -3.5F, -16);
    }

    @Test
    void givesTheMaskOfEveryOpset() {
        var old = NodeModel.of("Dropout", 7).with("ratio", 0.5F).run(2, X);
        assertThat(old.get(0).contentEquals(X)).isTrue();
        assertThat(old.get(1).type()).isEqualTo(DataType.FLOAT32);
        var mask = NodeModel.of("Dropout", 10).run(2, X).get(1);
        assertThat(mask.type()).isEqualTo(DataType.BOOL);
        assertThat(mask.toLongArray()).containsOnly(1).hasSize(8);
    }

    @Test
    void dropsNothingInTrainingWithRatioZero() {
        var training = Tensor.of(new boolean[] {true}).reshaped(Shape.scalar());
        var node = NodeModel.of("Dropout", 13);
        assertThat(node.run(2, X, Tensor.of(new float[1]), training).get(0).contentEquals(X))
                .isTrue();
        assertThatThrownBy(() -> node.run(2, X, Tensor.of(new float[] {0.5F}), training))
                .isInstanceOf(UnsupportedException.class);
        assertThatThrownBy(() -> NodeModel.of("Dropout", 6).run(X)).isInstanceOf(UnsupportedException.class);
    }

    @Test
    void refusesSlopesThatDoNotStretch() {
        var slopes = Tensor.of(new float[6], 3, 1, 2, 1);
        assertThatThrownBy(() -> NodeModel.of("PRelu", 16).run(X, slopes)).isInstanceOf(BalsaException.class);
        assertThatThrownBy(() -> NodeModel.of("PRelu", 16).unranked().run(X, slopes))
                .isInstanceOf(BalsaException.class);
    }

    @Test
    void comparesStrings() {
        var words = Tensor.of(new String[] {"a", "b"}, 2);
        assertThat(NodeModel.of("Equal", 19)
                        .run(words, Tensor.of(new String[] {"b"}, 1))
                        .toLongArray())
                .containsExactly(0, 1);
    }
}
