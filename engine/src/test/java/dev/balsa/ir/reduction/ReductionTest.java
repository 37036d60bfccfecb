package dev.balsa.ir.reduction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Reductions in the corners that models rarely show.
class ReductionTest {
    private static final Tensor X = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 2, 3);
    private static final Tensor NO_AXES = Tensor.of(new long[0], 0);

    @Test
    void takesAxesFromTheAttributeBeforeTheyBecameAnInput() {
        var old = NodeModel.of("ReduceSum", 11).withIntegers("axes", -1).with("keepdims", 0);
        assertThat(old.run(X).toFloatArray()).containsExactly(6, 15);
        assertThat(old.run(X).shape()).isEqualTo(Shape.of(1, 2));
        assertThat(NodeModel.of("ReduceMax", 17)
                        .withIntegers("axes", 0, 1)
                        .run(X)
                        .toFloatArray())
                .containsExactly(4, 5, 6);
    }

    @Test
    void reducesEachElementByItselfWithoutAxes() {
        var squares = NodeModel.of("ReduceSumSquare", 18)
                .with("noop_with_empty_axes", 1)
                .with("keepdims", 0);
        assertThat(squares.run(X, NO_AXES).toFloatArray()).containsExactly(1, 4, 9, 16, 25, 36);
        assertThat(squares.run(X).shape()).isEqualTo(X.shape());
        assertThat(NodeModel.of("ReduceSum", 13).run(X, NO_AXES).shape()).isEqualTo(Shape.of(1, 1, 1));
    }

    @Test
    void comparesUnsignedNumbersAsSuch() {
        var x = Tensor.of(new long[] {1, -1, 2}, 3).cast(DataType.UINT64);
        assertThat(NodeModel.of("ReduceMax", 20).run(x).toLongArray()).containsExactly(-1);
        assertThat(NodeModel.of("ReduceMin", 20).run(x).toLongArray()).containsExactly(1);
        assertThat(NodeModel.of("ReduceL2", 18)
                        .run(Tensor.of(new int[] {3, 4}, 2))
                        .toLongArray())
                .containsExactly(5);
    }

    @Test
    void cutsMeansOfIntegersTowardZero() {
        assertThat(NodeModel.of("ReduceMean", 18)
                        .run(Tensor.of(new int[] {-3, -4}, 2))
                        .toLongArray())
                .containsExactly(-3);
    }

    @Test
    void hasValuesForNothing() {
        var floats = Tensor.of(new float[0], 2, 0);
        var ints = Tensor.of(new int[0], 0);
        assertThat(NodeModel.of("ReduceMean", 13)
                        .withIntegers("axes", 1)
                        .run(floats)
                        .toFloatArray())
                .containsExactly(Float.NaN, Float.NaN);
        assertThat(NodeModel.of("ReduceMax", 20).run(ints).toLongArray()).containsExactly(Integer.MIN_VALUE);
        assertThat(NodeModel.of("ReduceMin", 20)
                        .run(Tensor.of(new boolean[0], 0))
                        .toLongArray())
                .containsExactly(1);
        assertThat(NodeModel.of("ReduceMean", 18).run(ints).toLongArray()).containsExactly(0);
    }

    @Test
    void keepsLogarithmsOfExponentialsFinite() {
        var x = Tensor.of(new float[] {1000, 1000}, 2);
        assertThat(NodeModel.of("ReduceLogSumExp", 18).run(x).toFloatArray())
                .containsExactly((float) (1000 + Math.log(2)));
        var nothing = Tensor.of(new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY}, 2);
        assertThat(NodeModel.of("ReduceLogSumExp", 18).run(nothing).toFloatArray())
                .containsExactly(Float.NEGATIVE_INFINITY);
    }

    @Test
    void passesNanOn() {
        var x = Tensor.of(new float[] {1, Float.NaN, 3}, 3);
        assertThat(NodeModel.of("ReduceMax", 13).run(x).toFloatArray()).containsExactly(Float.NaN);
        assertThat(NodeModel.of("ReduceLogSumExp", 13).run(x).toFloatArray()).containsExactly(Float.NaN);
    }

    @Test
    void refusesAxesThatDoNotExist() {
        for (long axis : new long[] {3, -4, Long.MIN_VALUE, Long.MAX_VALUE}) {
            var axes = Tensor.of(new long[] {axis}, 1);
            for (var node : new NodeModel[] {NodeModel.of("ReduceSum", 13), NodeModel.of("CumSum", 14)}) {
                assertThatThrownBy(() -> node.run(X, axes)).as("axis %d", axis).isInstanceOf(ShapeException.class);
            }
        }
        assertThatThrownBy(() -> NodeModel.of("CumSum", 14).run(X, NO_AXES)).isInstanceOf(ShapeException.class);
    }

    @Test
    void sumsOverEmptyTensorsAndInnerAxes() {
        var axis = Tensor.of(new int[] {1}, 1);
        assertThat(NodeModel.of("CumSum", 11).run(X, axis).toFloatArray()).containsExactly(1, 2, 3, 5, 7, 9);
        assertThat(NodeModel.of("CumSum", 11)
                        .run(Tensor.of(new float[0], 3, 0), axis)
                        .shape())
                .isEqualTo(Shape.of(3, 0));
    }
}
