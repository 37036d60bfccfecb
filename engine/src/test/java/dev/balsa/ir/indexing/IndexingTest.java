package dev.balsa.ir.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.assembly.Expand;
import dev.balsa.ir.view.Unsqueeze;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Reading and writing at given places, in the corners that models rarely show.
class IndexingTest {
    private static final Tensor X = Tensor.of(new int[] {1, 2, 3, 4, 5, 6}, 2, 3);

    private static Tensor longs(long... values) {
        return Tensor.of(values, values.length);
    }

    @Test
    void refusesPlacesOutOfRange() {
        for (long index : new long[] {3, -4, Long.MAX_VALUE, Long.MIN_VALUE}) {
            var indices = Tensor.of(new long[] {index, 0}, 2, 1);
            var update = Tensor.of(new int[2], 2, 1);
            assertThatThrownBy(() -> NodeModel.of("Gather", 13).with("axis", 1).run(X, longs(index)))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() ->
                            NodeModel.of("GatherElements", 13).with("axis", 1).run(X, indices))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> NodeModel.of("GatherND", 13).run(X, indices))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() ->
                            NodeModel.of("ScatterElements", 18).with("axis", 1).run(X, indices, update))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> NodeModel.of("ScatterND", 18).run(X, indices, X))
                    .isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void gathersFromManyEmptyRowsAtOnce() {
        var empty = Tensor.allocate(DataType.FLOAT32, Shape.of(1L << 40, 0));
        var gathered = NodeModel.of("Gather", 13).with("axis", 0).run(empty, longs(0, 1L << 39));
        assertThat(gathered.shape()).isEqualTo(Shape.of(2, 0));
        assertThat(NodeModel.of("Gather", 13)
                        .with("axis", 1)
                        .run(empty, longs())
                        .shape())
                .isEqualTo(Shape.of(1L << 40, 0));
    }

    @Test
    void gathersByTuplesPerBatch() {
        var data = Tensor.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);
        var rows = Tensor.of(new long[] {1, 0}, 2, 1);
        var picked = NodeModel.of("GatherND", 13).with("batch_dims", 1).run(data, rows);
        assertThat(picked.shape()).isEqualTo(Shape.of(2, 2));
        assertThat(picked.toLongArray()).containsExactly(3, 4, 5, 6);
        var twice = Tensor.of(new long[] {1, -1, 0, -2}, 2, 2, 1);
        assertThat(NodeModel.of("GatherND", 13)
                        .with("batch_dims", 1)
                        .run(data, twice)
                        .toLongArray())
                .containsExactly(3, 4, 3, 4, 5, 6, 5, 6);
        assertThatThrownBy(() -> NodeModel.of("GatherND", 13)
                        .with("batch_dims", 3)
                        .unranked()
                        .run(data, twice))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void reducesEveryType() {
        var bytes = Tensor.of(new byte[] {100, -100, 1}, 3).cast(DataType.UINT8);
        var updates = Tensor.of(new byte[] {-1, 1, -1}, 3).cast(DataType.UINT8);
        var indices = longs(0, 1, -1);
        assertThat(reduce("max", bytes, indices, updates).toLongArray()).containsExactly(255, 156, 255);
        assertThat(reduce("min", bytes, indices, updates).toLongArray()).containsExactly(100, 1, 1);
        assertThat(reduce("add", bytes, indices, updates).toLongArray()).containsExactly(99, 157, 0);
        var large = longs(-1, 5).cast(DataType.UINT64);
        assertThat(reduce("max", large, longs(1, 1), longs(-2, 7).cast(DataType.UINT64))
                        .toLongArray())
                .containsExactly(-1, -2);
        var flags = Tensor.of(new boolean[] {true, false}, 2);
        assertThat(reduce("add", flags, longs(0, 1), flags).toLongArray()).containsExactly(1, 0);
        var words = Tensor.of(new String[] {"a", "b"}, 2);
        assertThat(reduce("none", words, longs(0, 0), words).toStringArray()).containsExactly("b", "b");
        assertThatThrownBy(() -> reduce("add", words, longs(0, 0), words)).isInstanceOf(ShapeException.class);
    }

    private static Tensor reduce(String how, Tensor data, Tensor indices, Tensor updates) {
        return NodeModel.of("ScatterElements", 18).with("reduction", how).run(data, indices, updates);
    }

    @Test
    void refusesUpdatesThatDoNotFit() {
        var indices = Tensor.of(new long[] {0, 1}, 2, 1);
        assertThatThrownBy(() -> NodeModel.of("ScatterND", 18).unranked().run(X, indices, ROW))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("ScatterElements", 18).unranked().run(X, indices, X))
                .isInstanceOf(ShapeException.class);
        var long3 = Tensor.of(new long[3], 3, 1);
        assertThatThrownBy(() -> NodeModel.of("GatherElements", 13)
                        .with("axis", 1)
                        .unranked()
                        .run(X, long3))
                .isInstanceOf(ShapeException.class);
    }

    private static final Tensor ROW = Tensor.of(new int[3], 3);

    @Test
    void countsNegativeIndicesFromTheBackSinceOpset11() {
        var values = Tensor.of(new String[] {"", "x"}, 2);
        var indices = Tensor.of(new float[] {1.9F, -1, 3, -4}, 4);
        var depth = Tensor.of(new double[] {3}, 1);
        assertThat(NodeModel.of("OneHot", 11).run(indices, depth, values).toStringArray())
                .containsExactly("", "x", "", "", "", "x", "", "", "", "", "", "");
        assertThat(NodeModel.of("OneHot", 9).run(indices, depth, values).toStringArray())
                .containsExactly("", "x", "", "", "", "", "", "", "", "", "", "");
        var unsigned = longs(-1).cast(DataType.UINT64);
        assertThat(NodeModel.of("OneHot", 11)
                        .run(unsigned, longs(2), longs(0, 1))
                        .toLongArray())
                .containsExactly(0, 0);
        assertThatThrownBy(() -> NodeModel.of("OneHot", 11).run(unsigned, longs(-2), longs(0, 1)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void compressesByShorterConditions() {
        var condition = Tensor.of(new boolean[] {false, true}, 2);
        assertThat(NodeModel.of("Compress", 11)
                        .with("axis", -1)
                        .run(X, condition)
                        .toLongArray())
                .containsExactly(2, 5);
        assertThat(NodeModel.of("Compress", 9).run(X, condition).toLongArray()).containsExactly(2);
        var beyond = Tensor.of(new boolean[] {false, false, true}, 3);
        assertThatThrownBy(() -> NodeModel.of("Compress", 11).with("axis", 0).run(X, beyond))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void followsLengthsThroughTheUsualShapeComputation() {
        var builder = new GraphBuilder("g");
        var dims = SymbolicShape.of(Dim.symbol("batch"), Dim.of(3), Dim.symbol("seq"));
        var x = builder.input("x", new TensorType(DataType.FLOAT32, dims));
        var shape = builder.add(new dev.balsa.ir.leaf.Shape(0, Optional.empty()), x);
        var length = builder.add(new Gather(0), shape, builder.constant("i", Tensor.of(new long[] {-1})));
        var zero = builder.constant("zero", longs(0));
        var vector = builder.add(new Unsqueeze(), length, zero);
        var target = builder.add("", new Concat(0), List.of(builder.constant("two", longs(2)), vector), List.of("t"))
                .getFirst();
        var one = builder.constant("one", Tensor.of(new float[1], 1, 1));
        assertThat(builder.add(new Expand(), one, target).type()).hasToString("f32[2,seq]");
    }
}
