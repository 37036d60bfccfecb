package dev.balsa.ir.selection;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Set;

/// The greatest or least elements along an axis and their places (ONNX TopK, opset 1 to 24).
///
/// Of equal elements the one at the lower place comes first; NaN counts as greater than every number.
///
/// @param axis the axis, negative counted from the back
/// @param largest whether the greatest are wanted, not the least
/// @param sorted whether the order of the result matters; the plain evaluation always sorts
public record TopK(long axis, boolean largest, boolean sorted) implements Selection {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("TopK")
            .in("X", Schema.NUMERIC)
            .in("K", Set.of(DataType.INT64))
            .out("Values")
            .out("Indices")
            .reader(TopK::read);

    private static Op read(NodeReader node) {
        if (node.opset() < 10) {
            node.setInput(1, node.constant(Tensor.of(new long[] {node.integer("k")}, 1)));
        }
        return new TopK(node.integer("axis", -1), node.integer("largest", 1) != 0, node.integer("sorted", 1) != 0);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var shape = in.shape(0);
        if (shape.hasRank()) {
            int at = Axes.normalize(axis, shape.rank());
            var count = in.contents(1)
                    .filter(list -> list.size() == 1)
                    .map(List::getFirst)
                    .orElse(Dim.UNKNOWN);
            if (count.isKnown() && shape.dim(at).isKnown()) {
                check(count.get(), shape.dim(at).get());
            }
            shape = shape.with(at, count);
        }
        return List.of(in.type(0).withShape(shape), new TensorType(DataType.INT64, shape));
    }

    private static void check(long count, long length) {
        if (count < 0 || count > length) {
            throw new ShapeException(
                    "input 1 \"K\": expected 0 to " + length + " of the elements along the axis, found " + count
                            + "; check the model, or the shapes of its inputs");
        }
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        if (run.input(1).size() != 1) {
            throw new ShapeException(
                    "input 1 \"K\": expected one element, found " + run.input(1) + "; check the model");
        }
        long count = run.input(1).getLong(0);
        int at = Axes.normalize(axis, x.shape().rank());
        long length = x.shape().dim(at);
        check(count, length);
        var shape = SymbolicShape.of(x.shape()).with(at, Dim.of(count)).known().orElseThrow();
        var values = run.output(0, x.type(), shape);
        var indices = run.output(1, DataType.INT64, shape);
        if (values.size() == 0) {
            return;
        }
        long inner = x.shape().size(at + 1, x.shape().rank());
        for (long row = 0; row < x.size() / length; row++) {
            long outer = row / inner;
            selectRow(
                    x, outer * length * inner + row % inner, values, indices, outer * count * inner + row % inner, at);
        }
    }

    private void selectRow(Tensor x, long from, Tensor values, Tensor indices, long to, int at) {
        long inner = x.shape().size(at + 1, x.shape().rank());
        var order = ElementOrder.of(x);
        ElementOrder inRow = (a, b) -> order.compare(from + a * inner, from + b * inner);
        long length = x.shape().dim(at);
        var ranked = largest ? Ranking.descending(length, inRow) : Ranking.ascending(length, inRow);
        for (int i = 0; i < values.shape().dim(at); i++) {
            values.copyElement(to + i * inner, x, from + ranked[i] * inner);
            indices.setLong(to + i * inner, ranked[i]);
        }
    }
}
