package dev.balsa.ir.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Corners of pooling: what is padding, what is beyond it, and where maxima are.
class PoolTest {
    @Test
    void numbersPlacesByRowsOrColumns() {
        var x = Tensor.of(new float[] {1, 2, 3, 4, 9, 6}, 1, 1, 2, 3);
        var node = NodeModel.of("MaxPool", 8).withIntegers("kernel_shape", 2, 2);
        assertThat(node.run(2, x).get(1).toLongArray()).containsExactly(4, 4);
        assertThat(node.with("storage_order", 1).run(2, x).get(1).toLongArray()).containsExactly(3, 3);
    }

    @Test
    void paddingIsLessThanEverything() {
        var x = Tensor.of(new byte[] {-100, -120}, 1, 1, 2);
        var node = NodeModel.of("MaxPool", 12).withIntegers("kernel_shape", 1).withIntegers("pads", 1, 0);
        assertThat(node.run(x).toLongArray()).containsExactly(-128, -100, -120);
    }

    @Test
    void notANumberIsTheGreatest() {
        var x = Tensor.of(new float[] {1, Float.NaN, 3, 4}, 1, 1, 4);
        var y = NodeModel.of("MaxPool", 12).withIntegers("kernel_shape", 2).run(2, x);
        assertThat(y.get(0).toFloatArray()).containsExactly(Float.NaN, Float.NaN, 4);
        assertThat(y.get(1).toLongArray()).containsExactly(1, 1, 3);
    }

    @Test
    void whatHangsOverPaddingNeverCounts() {
        var x = Tensor.of(new float[] {4, 8, 16, 32}, 1, 1, 4);
        var node = NodeModel.of("AveragePool", 19)
                .withIntegers("kernel_shape", 3)
                .withIntegers("strides", 2)
                .withIntegers("pads", 1, 0)
                .with("ceil_mode", 1);
        assertThat(node.run(x).toFloatArray()).containsExactly(6, 56 / 3F);
        assertThat(node.with("count_include_pad", 1).run(x).toFloatArray()).containsExactly(4, 56 / 3F);
        var over = NodeModel.of("AveragePool", 19)
                .withIntegers("kernel_shape", 3)
                .withIntegers("strides", 3)
                .with("count_include_pad", 1)
                .with("ceil_mode", 1);
        assertThat(over.run(x).toFloatArray()).containsExactly(28 / 3F, 32);
    }

    @Test
    void normsTakeFractionalExponentsInTheFirstOpset() {
        var x = Tensor.of(new double[] {4, -9}, 1, 1, 2);
        assertThat(NodeModel.of("GlobalLpPool", 1).with("p", 0.5F).run(x).getDouble(0))
                .isEqualTo(25);
        assertThat(NodeModel.of("LpPool", 18)
                        .with("p", 1)
                        .withIntegers("kernel_shape", 2)
                        .run(x)
                        .getDouble(0))
                .isEqualTo(13);
    }

    @Test
    void unpoolsIntoALargerImage() {
        var x = Tensor.of(new float[] {5, 6, 7, 8}, 1, 1, 2, 2);
        var at = Tensor.of(new long[] {5, 7, 13, 15}, 1, 1, 2, 2);
        var node =
                NodeModel.of("MaxUnpool", 11).withIntegers("kernel_shape", 2, 2).withIntegers("strides", 2, 2);
        var y = node.run(x, at, Tensor.of(new long[] {1, 1, 4, 5}, 4));
        assertThat(y.toFloatArray()).containsExactly(0, 0, 0, 0, 0, 0, 5, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 8, 0);
        for (long bad : new long[] {-1, 16, Long.MIN_VALUE}) {
            var wrong = Tensor.of(new long[] {5, 7, 13, bad}, 1, 1, 2, 2);
            assertThatThrownBy(() -> node.run(x, wrong)).isInstanceOf(ShapeException.class);
        }
        assertThatThrownBy(() -> node.run(x, at, Tensor.of(new long[] {1, 1, 3, 5}, 4)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void columnsOfIntegersAddUpExactly() {
        long large = Long.MAX_VALUE / 2;
        var columns = Tensor.of(new long[] {large, large, 1, 2}, 1, 2, 2);
        var node = NodeModel.of("Col2Im", 18);
        var image = node.run(columns, Tensor.of(new long[] {3}, 1), Tensor.of(new long[] {2}, 1));
        assertThat(image.shape()).isEqualTo(Shape.of(1, 1, 3));
        assertThat(image.toLongArray()).containsExactly(large, large + 1, 2);
        for (long bad : new long[] {0, -1, 5, Long.MAX_VALUE}) {
            var block = Tensor.of(new long[] {bad}, 1);
            assertThatThrownBy(() -> node.run(columns, Tensor.of(new long[] {3}, 1), block))
                    .as("block %d", bad)
                    .isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void keepsHalfPrecision() {
        var x = Tensor.allocate(DataType.BFLOAT16, Shape.of(1, 1, 3));
        for (int i = 0; i < 3; i++) {
            x.setDouble(i, i + 1);
        }
        var y = NodeModel.of("GlobalAveragePool", 22).run(x);
        assertThat(y.type()).isEqualTo(DataType.BFLOAT16);
        assertThat(y.getDouble(0)).isEqualTo(2);
    }
}
