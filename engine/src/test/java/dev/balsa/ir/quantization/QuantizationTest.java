package dev.balsa.ir.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Quantised operators in the corners that the ONNX cases do not show.
class QuantizationTest {
    private static final long INT4 = 22;
    private static final long FLOAT16 = 10;

    private static Tensor scalar(float value) {
        return Tensor.of(new float[] {value}).reshaped(Shape.scalar());
    }

    private static Tensor bytes(int... values) {
        var tensor = Tensor.allocate(DataType.INT8, Shape.of(values.length));
        for (int i = 0; i < values.length; i++) {
            tensor.setLong(i, values[i]);
        }
        return tensor;
    }

    private static Tensor zero() {
        return bytes(0).reshaped(Shape.scalar());
    }

    @Test
    void roundsHalfToEvenBeforeItMovesByTheZeroPoint() {
        var x = Tensor.of(new float[] {0.5F, 1.5F, 2.5F, -0.5F, 200, -1000, Float.NaN, Float.POSITIVE_INFINITY}, 8);
        var y = NodeModel.of("QuantizeLinear", 13).run(x, scalar(1), bytes(1).reshaped(Shape.scalar()));
        assertThat(y.toLongArray()).containsExactly(1, 3, 3, 1, 127, -128, 1, 127);
    }

    @Test
    void dividesInTheTypeOfTheScaleOrThePrecisionAsked() {
        // 1.0002 / 0.4 is 2.5005, above the tie; in float16 the operands and the quotient are rounded onto the tie.
        var x = Tensor.of(new float[] {1.0002F}, 1);
        assertThat(NodeModel.of("QuantizeLinear", 23).run(x, scalar(0.4F)).toLongArray())
                .containsExactly(3);
        assertThat(NodeModel.of("QuantizeLinear", 23)
                        .with("precision", FLOAT16)
                        .run(x, scalar(0.4F))
                        .toLongArray())
                .containsExactly(2);
    }

    @Test
    void quantizesBlocksWithAShortLastOne() {
        var x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        var scale = Tensor.of(new float[] {1, 2, 0.5F, 10}, 2, 2);
        var node = NodeModel.of("QuantizeLinear", 21)
                .with("axis", -1)
                .with("block_size", 2)
                .with("output_dtype", INT4);
        var y = node.run(x, scale);
        assertThat(y.type()).isEqualTo(DataType.INT4);
        assertThat(y.toLongArray()).containsExactly(1, 2, 2, 7, 7, 1);
        var back = NodeModel.of("DequantizeLinear", 23)
                .with("axis", 1)
                .with("block_size", 2)
                .with("output_dtype", FLOAT16)
                .run(y, scale);
        assertThat(back.type()).isEqualTo(DataType.FLOAT16);
        assertThat(back.toFloatArray()).containsExactly(1, 2, 4, 3.5F, 3.5F, 10);
    }

    @Test
    void refusesScalesThatDoNotFit() {
        var x = Tensor.of(new float[6], 2, 3);
        var three = Tensor.of(new float[] {1, 1, 1}, 3);
        for (long axis : new long[] {0, 2, -3, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> NodeModel.of("QuantizeLinear", 13)
                            .with("axis", axis)
                            .run(x, three))
                    .as("axis %d", axis)
                    .isInstanceOf(ShapeException.class);
        }
        for (long size : new long[] {1, 2, 4, -1, Long.MAX_VALUE}) {
            var node =
                    NodeModel.of("QuantizeLinear", 21).with("block_size", size).unranked();
            assertThatThrownBy(() -> node.run(x, three))
                    .as("block size %d", size)
                    .isInstanceOf(BalsaException.class);
        }
        assertThatThrownBy(() -> NodeModel.of("QuantizeLinear", 13).run(x, three, bytes(0, 0)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void choosesAScaleForZeros() {
        var outputs = NodeModel.of("DynamicQuantizeLinear", 11).run(3, Tensor.of(new float[2], 2));
        assertThat(outputs.get(0).toLongArray()).containsExactly(0, 0);
        assertThat(outputs.get(1).toFloatArray()).containsExactly(1);
        assertThat(outputs.get(2).toLongArray()).containsExactly(0);
    }

    @Test
    void takesZeroPointsPerRowAndColumn() {
        var a = bytes(1, 2, 3, 4).reshaped(Shape.of(2, 2));
        var y = NodeModel.of("MatMulInteger", 10).run(a, a, bytes(1, 3), bytes(0, 1));
        assertThat(y.toLongArray()).containsExactly(3, 3, 3, 3);
        var vector = NodeModel.of("MatMulInteger", 10).run(bytes(1, 2), a, zero(), zero());
        assertThat(vector.shape()).isEqualTo(Shape.of(2));
        assertThat(vector.toLongArray()).containsExactly(7, 10);
    }

    @Test
    void takesScalesPerRowAndColumn() {
        var a = bytes(1, 2, 3, 4).reshaped(Shape.of(2, 2));
        var rows = Tensor.of(new float[] {1, 0.5F}, 2);
        var columns = Tensor.of(new float[] {1, 2}, 2);
        // The product is 7 10, 15 22.
        var y = NodeModel.of("QLinearMatMul", 10).run(a, rows, bytes(0, 0), a, columns, bytes(0, 0), scalar(1), zero());
        assertThat(y.toLongArray()).containsExactly(7, 20, 8, 22);
    }

    @Test
    void convolvesWithAScaleAndZeroPointPerOutput() {
        var x = bytes(1, 2, 3).reshaped(Shape.of(1, 1, 3));
        var w = bytes(1, 1, 2, 3).reshaped(Shape.of(2, 1, 2));
        var y = NodeModel.of("QLinearConv", 10)
                .withIntegers("pads", 0, 1)
                .run(
                        x,
                        scalar(1),
                        bytes(1).reshaped(Shape.scalar()),
                        w,
                        Tensor.of(new float[] {0.5F, 1}, 2),
                        bytes(0, 2),
                        scalar(1),
                        bytes(10).reshaped(Shape.scalar()),
                        Tensor.of(new int[] {0, 100}, 2));
        // Centred, the image is 0 1 2 (padding 0) and the kernels are 1 1 and 0 1.
        assertThat(y.toLongArray()).containsExactly(10, 12, 11, 111, 112, 110);
    }

    @Test
    void refusesParametersThatDoNotFit() {
        var a = bytes(1, 2, 3, 4).reshaped(Shape.of(2, 2));
        assertThatThrownBy(() -> NodeModel.of("MatMulInteger", 10).run(a, a, bytes(0, 0, 0)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("QLinearMatMul", 10)
                        .run(a, Tensor.of(new float[3], 3), zero(), a, scalar(1), zero(), scalar(1), zero()))
                .isInstanceOf(ShapeException.class);
        var x = bytes(1, 2, 3).reshaped(Shape.of(1, 1, 3));
        assertThatThrownBy(() -> NodeModel.of("ConvInteger", 10).run(x, x, bytes(0, 0)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("MatMulInteger", 10).run(a, a, bytes(0).cast(DataType.UINT8)))
                .isInstanceOf(ShapeException.class);
    }
}
