package dev.balsa.ir.leaf;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// The dimensions of the input from `start` to before `end`, as an int64 vector (ONNX Shape, opset 1 to 25).
///
/// @param start the first dimension, negative counted from the back; beyond either end it means that end
/// @param end the dimension after the last one, likewise; the rank if empty
public record Shape(long start, Optional<Long> end) implements Leaf {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Shape")
            .in("data", Schema.ANY)
            .out("shape")
            .reader(node -> new Shape(
                    node.integer("start", 0), node.has("end") ? Optional.of(node.integer("end")) : Optional.empty()));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var length = in.shape(0).dims().map(dims -> Dim.of(chosen(dims).size())).orElse(Dim.UNKNOWN);
        return List.of(new TensorType(DataType.INT64, SymbolicShape.of(length)));
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return in.shape(0).dims().map(this::chosen);
    }

    private <T> List<T> chosen(List<T> dims) {
        int from = clamp(start, dims.size());
        int to = clamp(end.orElse((long) dims.size()), dims.size());
        return from < to ? dims.subList(from, to) : List.of();
    }

    private static int clamp(long axis, int rank) {
        return Math.clamp(axis < 0 ? axis + rank : axis, 0, rank);
    }

    @Override
    public void evaluate(Evaluation run) {
        var dims = chosen(run.input(0).shape().toList());
        var y = run.output(0, DataType.INT64, dev.balsa.tensor.Shape.of(dims.size()));
        for (int i = 0; i < dims.size(); i++) {
            y.setLong(i, dims.get(i));
        }
    }
}
