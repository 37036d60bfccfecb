package dev.balsa.ir.indexing;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// For every index a vector that has the "on" value at that place and the "off" value elsewhere (ONNX OneHot, opset 9
/// to 11).
///
/// Indices and depth may be of any numeric type and are taken toward zero. An index out of range gives a vector of
/// "off" values.
///
/// @param axis the vectors' axis in the result, negative counted from the back
/// @param wrapsNegative whether negative indices count from the back; in opset 9 and 10 they are out of range
public record OneHot(long axis, boolean wrapsNegative) implements Indexing {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("OneHot")
            .since(9)
            .in("indices", Schema.NUMERIC)
            .in("depth", Schema.NUMERIC)
            .in("values", Schema.ANY)
            .out("output")
            .reader(node -> new OneHot(node.integer("axis", -1), node.opset() >= 11));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var indices = in.shape(0);
        if (!indices.hasRank()) {
            return List.of(in.type(2).withShape(SymbolicShape.UNKNOWN));
        }
        var dims = new ArrayList<>(indices.list());
        dims.add(Axes.normalize(axis, indices.rank() + 1), depth(in));
        return List.of(in.type(2).withShape(SymbolicShape.of(dims)));
    }

    private static Dim depth(Inference in) {
        var constant = in.constant(1);
        if (constant.isPresent()) {
            return Dim.of(depth(constant.get()));
        }
        return in.contents(1)
                .filter(list -> list.size() == 1)
                .map(List::getFirst)
                .orElse(Dim.UNKNOWN);
    }

    private static long depth(Tensor depth) {
        if (depth.size() != 1 || depth.getLong(0) < 0) {
            throw new ShapeException("input 1 \"depth\": expected one number of at least 0, found "
                    + (depth.size() == 1 ? depth.getLong(0) : depth) + "; check the model");
        }
        return depth.getLong(0);
    }

    @Override
    public void evaluate(Evaluation run) {
        var indices = run.input(0);
        var values = run.input(2);
        long depth = depth(run.input(1));
        if (values.size() != 2) {
            throw new ShapeException(
                    "input 2 \"values\": expected two elements, off and on, found " + values + "; check the model");
        }
        int at = Axes.normalize(axis, indices.shape().rank() + 1);
        var dims = new ArrayList<>(indices.shape().toList());
        dims.add(at, depth);
        var y = run.output(0, values.type(), Shape.of(dims));
        for (long i = 0; i < y.size(); i++) {
            y.copyElement(i, values, 0);
        }
        if (y.size() > 0) {
            switchOn(y, indices, values, at);
        }
    }

    private void switchOn(Tensor y, Tensor indices, Tensor values, int axis) {
        long depth = y.shape().dim(axis);
        long inner = indices.shape().size(axis, indices.shape().rank());
        boolean isUnsigned = indices.type().isUnsigned();
        for (long i = 0; i < indices.size(); i++) {
            long index = indices.getLong(i);
            long place = index < 0 && wrapsNegative && !isUnsigned ? index + depth : index;
            if (place >= 0 && place < depth) {
                y.copyElement((i / inner * depth + place) * inner + i % inner, values, 1);
            }
        }
    }
}
