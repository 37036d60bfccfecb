package dev.balsa.ir.indexing;

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

/// Slices of the data along an axis, one for each index (ONNX Gather, opset 1 to 13).
///
/// The result has the data's dimensions with those of the indices in place of the axis.
///
/// @param axis the axis, negative counted from the back
public record Gather(long axis) implements Indexing {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Gather")
            .in("data", Schema.ANY)
            .in("indices", Schema.INDICES)
            .out("output")
            .reader(node -> new Gather(node.integer("axis", 0)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var data = in.shape(0);
        var indices = in.shape(1);
        if (!data.hasRank()) {
            return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN));
        }
        int at = Axes.normalize(axis, data.rank());
        if (!indices.hasRank()) {
            return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN));
        }
        var dims = new ArrayList<>(data.list().subList(0, at));
        dims.addAll(indices.list());
        dims.addAll(data.list().subList(at + 1, data.rank()));
        return List.of(in.type(0).withShape(SymbolicShape.of(dims)));
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        var data = in.contents(0);
        var indices = in.numbers(1);
        if (!in.shape(0).hasRank() || in.shape(0).rank() != 1 || data.isEmpty() || indices.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(indices.get().stream()
                .map(index -> data.get().get((int) Places.at(index, data.get().size())))
                .toList());
    }

    @Override
    public void evaluate(Evaluation run) {
        var data = run.input(0);
        var indices = run.input(1);
        int at = Axes.normalize(axis, data.shape().rank());
        var dims = new ArrayList<>(data.shape().toList().subList(0, at));
        dims.addAll(indices.shape().toList());
        dims.addAll(data.shape().toList().subList(at + 1, data.shape().rank()));
        gather(run.output(0, data.type(), Shape.of(dims)), data, indices, at);
    }

    private static void gather(Tensor y, Tensor data, Tensor indices, int axis) {
        if (y.size() == 0) {
            return;
        }
        long length = data.shape().dim(axis);
        long block = data.shape().size(axis + 1, data.shape().rank());
        long rows = data.shape().size(0, axis);
        long to = 0;
        for (long row = 0; row < rows; row++) {
            for (long i = 0; i < indices.size(); i++, to += block) {
                long from = row * length + Places.at(indices.getLong(i), length);
                y.copyElements(to, data, from * block, block);
            }
        }
    }
}
