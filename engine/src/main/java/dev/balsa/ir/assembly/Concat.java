package dev.balsa.ir.assembly;

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
import java.util.Optional;

/// The inputs one after the other along an axis (ONNX Concat, opset 1 to 13).
///
/// @param axis the axis, negative counted from the back
public record Concat(long axis) implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Concat")
            .variadic("inputs", Schema.ANY)
            .out("concat_result")
            .reader(node -> new Concat(node.opset() < 4 ? node.integer("axis", 1) : node.integer("axis")));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var shape = SymbolicShape.UNKNOWN;
        var length = Dim.of(0);
        for (int i = 0; i < in.inputs(); i++) {
            if (in.dtype(i) != in.dtype(0)) {
                throw in.mismatch(
                        i, "element type differs from input 0", in.dtype(0).toString(), in.dtype(i));
            }
        }
        for (int i = 0; i < in.inputs(); i++) {
            var next = in.shape(i);
            if (!next.hasRank()) {
                return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN));
            }
            int at = Axes.normalize(axis, next.rank());
            length = length.plus(next.dim(at));
            shape = i == 0 ? next : merge(in, i, shape, next, at);
        }
        return List.of(in.type(0).withShape(shape.with((int) axis, length)));
    }

    private static SymbolicShape merge(Inference in, int index, SymbolicShape so, SymbolicShape next, int axis) {
        if (so.rank() != next.rank()) {
            throw in.mismatch(index, "rank differs from the inputs before", "rank " + so.rank(), next);
        }
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < so.rank(); i++) {
            if (i != axis && !so.dim(i).mayEqual(next.dim(i))) {
                throw in.mismatch(index, "dimension " + i + " differs from the inputs before", so.toString(), next);
            }
            dims.add(so.dim(i).isKnown() ? so.dim(i) : next.dim(i));
        }
        return SymbolicShape.of(dims);
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        if (!in.shape(0).hasRank() || in.shape(0).rank() != 1) {
            return Optional.empty();
        }
        var all = new ArrayList<Dim>();
        for (int i = 0; i < in.inputs(); i++) {
            var part = in.contents(i);
            if (part.isEmpty()) {
                return Optional.empty();
            }
            all.addAll(part.get());
        }
        return Optional.of(all);
    }

    /// The length of an input along the axis; in all other dimensions it must be like the first one.
    private static long length(Tensor first, Tensor next, int axis, int index) {
        var dims = first.shape().toArray();
        if (next.shape().rank() == dims.length) {
            dims[axis] = next.shape().dim(axis);
        }
        if (next.type() != first.type() || !next.shape().equals(Shape.of(dims))) {
            throw new ShapeException("input " + index + ": expected a tensor like " + first
                    + " in all dimensions but number " + axis + ", found " + next + "; check the shapes of the inputs");
        }
        return dims[axis];
    }

    @Override
    public void evaluate(Evaluation run) {
        var first = run.input(0);
        int at = Axes.normalize(axis, first.shape().rank());
        var dims = first.shape().toArray();
        dims[at] = 0;
        for (int i = 0; i < run.inputs(); i++) {
            dims[at] = Math.addExact(dims[at], length(first, run.input(i), at, i));
        }
        var y = run.output(0, first.type(), Shape.of(dims));
        // Without elements there may still be any number of empty rows.
        long rows = y.size() == 0 ? 0 : y.shape().size(0, at);
        long to = 0;
        for (long row = 0; row < rows; row++) {
            for (int i = 0; i < run.inputs(); i++) {
                var x = run.input(i);
                long block = x.shape().size(at, x.shape().rank());
                y.copyElements(to, x, row * block, block);
                to += block;
            }
        }
    }
}
