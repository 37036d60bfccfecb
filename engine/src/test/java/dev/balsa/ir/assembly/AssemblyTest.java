package dev.balsa.ir.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Arrangements in the corners that models rarely show.
class AssemblyTest {
    private static final Tensor ROW = Tensor.of(new int[] {1, 2, 3, 4}, 4);

    private static Tensor longs(long... values) {
        return Tensor.of(values, values.length);
    }

    @ParameterizedTest
    @CsvSource({
        "reflect, 5, 3, 2 3 4 3 2 1 2 3 4 3 2 1",
        "wrap, 5, 1, 4 1 2 3 4 1 2 3 4 1",
        "edge, 2, -3, 1 1 1",
        "wrap, -1, 4, 2 3 4 2 3 4 2",
        "reflect, -2, 3, 3 4 3 4 3",
        "constant, -1, 2, 2 3 4 0 0",
        "constant, 3, -5, 0 0"
    })
    void padsFurtherThanTheInputAndRemoves(String mode, long before, long after, String expected) {
        var y = NodeModel.of("Pad", 19).with("mode", mode).run(ROW, longs(before, after));
        assertThat(y.toLongArray()).containsExactly(longsOf(expected));
    }

    private static long[] longsOf(String text) {
        return Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    @Test
    void padsByOlderForms() {
        var x = Tensor.of(new float[] {1, 2}, 2);
        var first = NodeModel.of("Pad", 1).with("paddings", List.of(1L, 0L)).with("value", 7F);
        assertThat(first.run(x).toFloatArray()).containsExactly(7, 1, 2);
        var second = NodeModel.of("Pad", 2).with("pads", List.of(1L, -1L));
        assertThat(second.run(x).toFloatArray()).containsExactly(0, 1);
    }

    @Test
    void refusesAbsurdPads() {
        for (var mode : List.of("constant", "reflect", "edge", "wrap")) {
            var pad = NodeModel.of("Pad", 19).with("mode", mode).unranked();
            assertThatThrownBy(() -> pad.run(ROW, longs(Long.MIN_VALUE, 0))).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> pad.run(ROW, longs(Long.MAX_VALUE, 9))).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> pad.run(ROW, longs(-3, -2))).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> pad.run(ROW, longs(1))).isInstanceOf(ShapeException.class);
            assertThat(pad.run(ROW, longs(-2, -2)).size()).isZero();
        }
        var edge = NodeModel.of("Pad", 19).with("mode", "edge");
        assertThatThrownBy(() -> edge.run(longs(), longs(1, 0))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> edge.run(ROW, longs(-4, 1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("Pad", 19).with("mode", "mirror").run(ROW, longs(0, 0)))
                .isInstanceOf(BalsaException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, -9223372036854775808, -1, 4 3 2 1",
        "-9, -9, -1, 1",
        "9223372036854775807, -9223372036854775808, -2, 4 2",
        "1, 9223372036854775807, 9223372036854775807, 2",
        "3, 0, -9223372036854775808, 4",
        "-3, -1, 1, 2 3"
    })
    void slicesWithAbsurdBounds(long start, long end, long step, String expected) {
        var y = NodeModel.of("Slice", 13).run(ROW, longs(start), longs(end), longs(0), longs(step));
        assertThat(y.toLongArray()).containsExactly(longsOf(expected));
    }

    @Test
    void slicesNothingAndRefusesNonsense() {
        var slice = NodeModel.of("Slice", 13).unranked();
        assertThat(slice.run(ROW, longs(2), longs(1)).size()).isZero();
        assertThat(slice.run(longs(), longs(-1), longs(-9), longs(0), longs(-1)).size())
                .isZero();
        assertThatThrownBy(() -> slice.run(ROW, longs(0), longs(1), longs(0), longs(0)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> slice.run(ROW, longs(0), longs(1), longs(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> slice.run(ROW, longs(0), longs(1, 2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> slice.run(ROW, longs(0, 0), longs(1, 1), longs(0, -1)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void slicesByAttributes() {
        var slice = NodeModel.of("Slice", 1).with("starts", List.of(1L)).with("ends", List.of(-1L));
        assertThat(slice.with("axes", List.of(0L)).run(ROW).toLongArray()).containsExactly(2, 3);
    }

    @Test
    void slicesStringsAndNibbles() {
        var strings = Tensor.of(new String[] {"a", "b", "c"}, 3);
        var reversed = NodeModel.of("Slice", 13).run(strings, longs(-1), longs(-9), longs(0), longs(-1));
        assertThat(reversed.toStringArray()).containsExactly("c", "b", "a");
        var nibbles = Tensor.allocate(DataType.INT4, Shape.of(3));
        nibbles.setLong(0, -8);
        nibbles.setLong(1, 7);
        nibbles.setLong(2, -1);
        assertThat(NodeModel.of("Slice", 13).run(nibbles, longs(1), longs(3)).toLongArray())
                .containsExactly(7, -1);
        assertThat(NodeModel.of("Concat", 13)
                        .with("axis", 0)
                        .run(nibbles, nibbles)
                        .toLongArray())
                .containsExactly(-8, 7, -1, -8, 7, -1);
    }

    @Test
    void splitsUnevenly() {
        var parts = NodeModel.of("Split", 18).with("num_outputs", 5).run(5, ROW);
        assertThat(parts).extracting(Tensor::size).containsExactly(1L, 1L, 1L, 1L, 0L);
        var three = NodeModel.of("Split", 18).with("num_outputs", 3).run(3, ROW);
        assertThat(three).extracting(Tensor::size).containsExactly(2L, 2L, 0L);
        assertThatThrownBy(() -> NodeModel.of("Split", 13).run(3, ROW)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(
                        () -> NodeModel.of("Split", 18).with("num_outputs", 3).run(2, ROW))
                .isInstanceOf(BalsaException.class);
        var given = NodeModel.of("Split", 2).with("split", List.of(1L, 3L)).run(2, ROW);
        assertThat(given.get(1).toLongArray()).containsExactly(2, 3, 4);
        assertThatThrownBy(() -> NodeModel.of("Split", 13).unranked().run(2, ROW, longs(5, -1)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void movesEmptyTensorsOfManyRowsAtOnce() {
        var empty = Tensor.allocate(DataType.FLOAT32, Shape.of(1L << 40, 0));
        assertThat(NodeModel.of("Concat", 13).with("axis", 1).run(empty, empty).size())
                .isZero();
        assertThat(NodeModel.of("Split", 13).with("axis", 1).run(2, empty)).hasSize(2);
        assertThat(NodeModel.of("Transpose", 13).run(empty).shape()).isEqualTo(Shape.of(0, 1L << 40));
        assertThat(NodeModel.of("Trilu", 14).run(empty).size()).isZero();
        assertThat(NodeModel.of("Tile", 13).run(empty, longs(2, 3)).shape()).isEqualTo(Shape.of(1L << 41, 0));
        assertThatThrownBy(() -> NodeModel.of("Tile", 13).unranked().run(empty, longs(Long.MAX_VALUE, 3)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void keepsTrianglesForAnyDiagonal() {
        var x = Tensor.of(new int[] {1, 2, 3, 4}, 2, 2);
        for (long k : new long[] {Long.MAX_VALUE, 3, 2}) {
            assertThat(NodeModel.of("Trilu", 14)
                            .run(x, Tensor.of(new long[] {k}))
                            .toLongArray())
                    .containsOnly(0);
            assertThat(NodeModel.of("Trilu", 14)
                            .with("upper", 0)
                            .run(x, longs(k))
                            .toLongArray())
                    .containsExactly(1, 2, 3, 4);
            assertThat(NodeModel.of("Trilu", 14).run(x, longs(-k)).toLongArray())
                    .containsExactly(1, 2, 3, 4);
            assertThat(NodeModel.of("Trilu", 14)
                            .with("upper", 0)
                            .run(x, longs(-k))
                            .toLongArray())
                    .containsOnly(0);
        }
    }

    @Test
    void writesCachesAroundTheEnd() {
        var cache = Tensor.of(new int[] {1, 2, 3}, 1, 3, 1);
        var update = Tensor.of(new int[] {8, 9}, 1, 2, 1);
        var scatter = NodeModel.of("TensorScatter", 24).with("mode", "circular");
        assertThat(scatter.run(cache, update, longs(Long.MAX_VALUE)).toLongArray())
                .containsExactly(1, 8, 9);
        assertThat(scatter.run(cache, update, longs(2)).toLongArray()).containsExactly(9, 2, 8);
        var linear = NodeModel.of("TensorScatter", 24);
        assertThat(linear.run(cache, update).toLongArray()).containsExactly(8, 9, 3);
        assertThatThrownBy(() -> linear.run(cache, update, longs(2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> linear.run(cache, update, longs(-1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> linear.run(cache, update, longs(0, 0))).isInstanceOf(ShapeException.class);
    }

    @Test
    void reversesAlongEitherAxis() {
        var x = Tensor.of(new int[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertThat(NodeModel.of("ReverseSequence", 10).run(x, longs(2, 0, 1)).toLongArray())
                .containsExactly(4, 2, 3, 1, 5, 6);
        var batchFirst =
                NodeModel.of("ReverseSequence", 10).with("batch_axis", 0).with("time_axis", 1);
        assertThat(batchFirst.run(x, longs(3, 2)).toLongArray()).containsExactly(3, 2, 1, 5, 4, 6);
        assertThatThrownBy(() -> batchFirst.run(x, longs(4, 2))).isInstanceOf(ShapeException.class);
    }

    @Test
    void keepsLengthsSymbolicWhereTheyAreCertain() {
        var builder = new GraphBuilder("g");
        var dims = SymbolicShape.of(Dim.symbol("batch"), Dim.symbol("seq"), Dim.of(8));
        var x = builder.input("x", new TensorType(DataType.FLOAT32, dims));
        var zero = builder.constant("zero", longs(0));
        var far = builder.constant("far", longs(Long.MAX_VALUE));
        var one = builder.constant("one", longs(1));
        var last = builder.constant("last", longs(-1));
        assertThat(builder.add(new Slice(), x, zero, far, one).type()).hasToString("f32[batch,seq,8]");
        assertThat(builder.add(new Slice(), x, one, far, one).type())
                .as("no claim of seq-1, which fails where seq is 0")
                .hasToString("f32[batch,?,8]");
        assertThat(builder.add(new Slice(), x, one, last, last).type()).hasToString("f32[batch,seq,6]");
        var length = builder.add(new dev.balsa.ir.leaf.Shape(0, Optional.of(1L)), x);
        var both = builder.input(
                "y",
                new TensorType(DataType.FLOAT32, SymbolicShape.of(dims.dim(0).plus(dims.dim(1)))));
        assertThat(builder.add(new Slice(), both, length, far).type()).hasToString("f32[seq]");
        assertThat(builder.add(new Slice(), both, zero, length).type()).hasToString("f32[batch]");
        assertThat(builder.add(new Slice(), both, one, length).type()).hasToString("f32[?]");
        var pads = builder.constant("pads", longs(0, 1, 0, 0, 2, -3));
        assertThat(builder.add(new Pad(Pad.Mode.CONSTANT), x, pads).type()).hasToString("f32[batch,seq+3,5]");
        var repeats = builder.constant("repeats", longs(1, 2, 3));
        assertThat(builder.add(new Tile(), x, repeats).type()).hasToString("f32[batch,2*seq,24]");
        assertThat(builder.add(new Transpose(List.of()), x).type()).hasToString("f32[8,seq,batch]");
    }
}
