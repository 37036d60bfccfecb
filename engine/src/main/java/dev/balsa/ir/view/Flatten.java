package dev.balsa.ir.view;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import java.util.List;

/// The same elements as a matrix: the dimensions before an axis become one, and those from it on become the other (ONNX
/// Flatten, opset 1 to 25).
///
/// @param axis from minus the rank to the rank itself, which leaves nothing for the second dimension
public record Flatten(long axis) implements View {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Flatten")
            .in("input", Schema.ANY)
            .out("output")
            .reader(node -> new Flatten(node.integer("axis", 1)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var shape = in.shape(0);
        if (!shape.hasRank()) {
            return List.of(in.type(0).withShape(SymbolicShape.ofRank(2)));
        }
        int at = at(shape.rank());
        return List.of(in.type(0).withShape(SymbolicShape.of(shape.size(0, at), shape.size(at, shape.rank()))));
    }

    private int at(int rank) {
        if (axis < -rank || axis > rank) {
            throw new ShapeException("axis " + axis + " does not exist; expected " + -rank + " to " + rank
                    + " for rank " + rank + "; check the axis attribute");
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    @Override
    public Shape shape(Evaluation run) {
        var shape = run.input(0).shape();
        int at = at(shape.rank());
        return Shape.of(shape.size(0, at), shape.size(at, shape.rank()));
    }
}
