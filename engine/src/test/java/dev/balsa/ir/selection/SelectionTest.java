package dev.balsa.ir.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Selections in the corners that models rarely show.
class SelectionTest {
    private static final float NAN = Float.NaN;

    private static Tensor longs(long... values) {
        return Tensor.of(values, values.length);
    }

    @Test
    void ranksNotANumberAboveAll() {
        var x = Tensor.of(new float[] {1, NAN, -0F, 0F, Float.POSITIVE_INFINITY, NAN}, 6);
        assertThat(NodeModel.of("TopK", 11).run(2, x, longs(4)).get(1).toLongArray())
                .containsExactly(1, 5, 4, 0);
        assertThat(NodeModel.of("TopK", 11)
                        .with("largest", 0)
                        .run(2, x, longs(6))
                        .get(1)
                        .toLongArray())
                .containsExactly(2, 3, 0, 4, 1, 5);
        assertThat(NodeModel.of("ArgMax", 13).run(x).toLongArray()).containsExactly(1);
        assertThat(NodeModel.of("ArgMin", 13).run(x).toLongArray()).containsExactly(1);
        assertThat(NodeModel.of("ArgMin", 13)
                        .with("select_last_index", 1)
                        .run(x)
                        .toLongArray())
                .containsExactly(5);
    }

    @Test
    void selectsAlongInnerAxesByOlderForms() {
        var x = Tensor.of(new float[] {1, 6, 3, 4, 5, 2}, 3, 2);
        var first = NodeModel.of("TopK", 1).with("axis", 0).with("k", 2).run(2, x);
        assertThat(first.get(0).toFloatArray()).containsExactly(5, 6, 3, 4);
        assertThat(first.get(1).toLongArray()).containsExactly(2, 0, 1, 1);
        assertThat(NodeModel.of("TopK", 10).run(2, x, longs(0)).get(0).shape()).isEqualTo(Shape.of(3, 0));
        assertThatThrownBy(() -> NodeModel.of("TopK", 10).unranked().run(2, x, longs(3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("TopK", 10).unranked().run(2, x, longs(-1)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void comparesUnsignedNumbers() {
        var x = longs(1, -1, 5).cast(DataType.UINT64);
        assertThat(NodeModel.of("ArgMax", 13).run(x).toLongArray()).containsExactly(1);
        assertThat(NodeModel.of("TopK", 11).run(2, x, longs(2)).get(1).toLongArray())
                .containsExactly(1, 2);
    }

    @Test
    void findsNoExtremeOfNothing() {
        var rows = Tensor.of(new float[0], 2, 0);
        assertThatThrownBy(() -> NodeModel.of("ArgMax", 13).with("axis", 1).run(rows))
                .isInstanceOf(ShapeException.class);
        assertThat(NodeModel.of("ArgMax", 13)
                        .with("axis", 0)
                        .with("keepdims", 0)
                        .run(rows)
                        .shape())
                .isEqualTo(Shape.of(0));
    }

    @Test
    void listsPlacesOfScalarsAndStrings() {
        assertThat(NodeModel.of("NonZero", 13).run(Tensor.of(new float[] {2})).shape())
                .isEqualTo(Shape.of(0, 1));
        assertThat(NodeModel.of("NonZero", 13).run(Tensor.of(new float[] {0})).shape())
                .isEqualTo(Shape.of(0, 0));
        var words = Tensor.of(new String[] {"", "a", "b", ""}, 2, 2);
        assertThat(NodeModel.of("NonZero", 13).run(words).toLongArray()).containsExactly(0, 1, 1, 0);
    }

    @Test
    void groupsWhatIsEqual() {
        var x = Tensor.of(new float[] {NAN, 2, 1, NAN, 2, 0F, -0F}, 7);
        var sorted = NodeModel.of("Unique", 11).run(4, x);
        assertThat(sorted.get(0).toFloatArray()).containsExactly(0, 1, 2, NAN);
        assertThat(sorted.get(1).toLongArray()).containsExactly(5, 2, 1, 0);
        assertThat(sorted.get(2).toLongArray()).containsExactly(3, 2, 1, 3, 2, 0, 0);
        assertThat(sorted.get(3).toLongArray()).containsExactly(2, 1, 2, 2);
        var found = NodeModel.of("Unique", 11).with("sorted", 0).run(4, x);
        assertThat(found.get(1).toLongArray()).containsExactly(0, 1, 2, 5);
        assertThat(found.get(2).toLongArray()).containsExactly(0, 1, 2, 0, 1, 3, 3);
        assertThat(found.get(3).toLongArray()).containsExactly(2, 2, 1, 2);
    }

    @Test
    void groupsSlicesAndStrings() {
        var x = Tensor.of(new int[] {2, 1, 2, 0, 3, 0}, 2, 3);
        var columns = NodeModel.of("Unique", 11).with("axis", 1).run(4, x);
        assertThat(columns.get(0).shape()).isEqualTo(Shape.of(2, 2));
        assertThat(columns.get(0).toLongArray()).containsExactly(1, 2, 3, 0);
        assertThat(columns.get(2).toLongArray()).containsExactly(1, 0, 1);
        var words = Tensor.of(new String[] {"\uFFFD", "\uD83D\uDE00", "a", "a"}, 4);
        assertThat(NodeModel.of("Unique", 11).run(words).toStringArray())
                .as("order of code points, not of UTF-16")
                .containsExactly("a", "\uFFFD", "\uD83D\uDE00");
        assertThat(NodeModel.of("Unique", 11).run(Tensor.of(new int[0], 0)).size())
                .isZero();
    }

    @Test
    void keepsBoxesInAnyCornerOrder() {
        var boxes = Tensor.of(new float[] {1, 1, 0, 0, 0, 0, 1, 1.1F, 3, 3, 4, 4}, 1, 3, 4);
        var scores = Tensor.of(new float[] {0.5F, 0.5F, NAN}, 1, 1, 3);
        var suppress = NodeModel.of("NonMaxSuppression", 11);
        assertThat(suppress.run(boxes, scores).shape())
                .as("without a number of boxes none is wanted")
                .isEqualTo(Shape.of(0, 3));
        var most = longs(Long.MAX_VALUE);
        var half = Tensor.of(new float[] {0.5F});
        assertThat(suppress.run(boxes, scores, most, half).toLongArray()).containsExactly(0, 0, 0, 0, 0, 2);
        assertThat(suppress.run(boxes, scores, most, half, half).shape()).isEqualTo(Shape.of(0, 3));
        assertThat(suppress.run(boxes, scores, longs(-1), half).shape()).isEqualTo(Shape.of(0, 3));
        assertThatThrownBy(() -> suppress.unranked().run(boxes, scores.reshaped(Shape.of(1, 3, 1)), most))
                .isInstanceOf(ShapeException.class);
    }
}
