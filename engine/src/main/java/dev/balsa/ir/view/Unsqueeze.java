package dev.balsa.ir.view;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Op;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The same elements with more dimensions of length 1, at the places in the result that the axes input names (ONNX
/// Unsqueeze, opset 1 to 25).
public record Unsqueeze() implements View {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Unsqueeze")
            .in("data", Schema.ANY)
            .in("axes", Schema.INDICES)
            .out("expanded")
            .reader(Unsqueeze::read);

    private static Op read(NodeReader node) {
        if (node.opset() < 13 && !node.has("axes")) {
            throw node.malformed("attribute \"axes\" is missing; expected the places of the new dimensions");
        }
        AxesInput.read(node);
        return new Unsqueeze();
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(inferShape(in)));
    }

    private static SymbolicShape inferShape(Inference in) {
        var data = in.shape(0);
        var axes = in.numbers(1);
        if (data.hasRank() && axes.isPresent()) {
            return with(data, axes.get());
        }
        var count = in.shape(1);
        return data.hasRank() && count.isKnown() && count.rank() <= 1
                ? SymbolicShape.ofRank(
                        data.rank() + (int) count.size(0, count.rank()).get())
                : SymbolicShape.UNKNOWN;
    }

    private static SymbolicShape with(SymbolicShape data, List<Long> axes) {
        var marks = AxesInput.marks(axes, data.rank() + axes.size());
        var dims = new ArrayList<Dim>(marks.length);
        int from = 0;
        for (boolean isNew : marks) {
            dims.add(isNew ? Dim.of(1) : data.dim(from++));
        }
        return SymbolicShape.of(dims);
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        var shape = inferShape(in);
        return shape.hasRank() && shape.rank() <= 1 ? in.contents(0) : Optional.empty();
    }

    @Override
    public Shape shape(Evaluation run) {
        var axes = Arrays.stream(run.input(1).toLongArray()).boxed().toList();
        return with(SymbolicShape.of(run.input(0).shape()), axes).known().orElseThrow();
    }
}
