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
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/// The slices along an axis for which a condition holds (ONNX Compress, opset 9 to 11).
///
/// A condition shorter than the axis does not hold beyond its end.
///
/// @param axis the axis, negative counted from the back; without it, the elements in row-major order
public record Compress(Optional<Long> axis) implements Indexing {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Compress")
            .since(9)
            .in("input", Schema.ANY)
            .in("condition", Schema.BOOLS)
            .out("output")
            .reader(node -> new Compress(node.has("axis") ? Optional.of(node.integer("axis")) : Optional.empty()));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var length = in.constant(1)
                .map(condition -> Dim.of(chosen(condition).length))
                .orElse(Dim.UNKNOWN);
        var data = in.shape(0);
        if (axis.isEmpty()) {
            return List.of(in.type(0).withShape(SymbolicShape.of(length)));
        }
        if (!data.hasRank()) {
            return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN));
        }
        return List.of(in.type(0).withShape(data.with(Axes.normalize(axis.get(), data.rank()), length)));
    }

    private static long[] chosen(Tensor condition) {
        return LongStream.range(0, condition.size())
                .filter(condition::getBoolean)
                .toArray();
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var chosen = chosen(run.input(1));
        var shape = axis.isPresent() ? x.shape() : Shape.of(x.size());
        int at = axis.map(wanted -> Axes.normalize(wanted, shape.rank())).orElse(0);
        long length = shape.dim(at);
        if (chosen.length > 0 && chosen[chosen.length - 1] >= length) {
            throw new ShapeException("input 1 \"condition\" holds at place " + chosen[chosen.length - 1]
                    + " of an axis of length " + length + "; expected none beyond its end; check the model's inputs");
        }
        var dims = shape.toArray();
        dims[at] = chosen.length;
        var y = run.output(0, x.type(), Shape.of(dims));
        if (y.size() == 0) {
            return;
        }
        long block = shape.size(at + 1, shape.rank());
        for (long to = 0; to < y.size() / block; to++) {
            long from = to / chosen.length * length + chosen[(int) (to % chosen.length)];
            y.copyElements(to * block, x, from * block, block);
        }
    }
}
