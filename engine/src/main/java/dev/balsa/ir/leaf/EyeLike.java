package dev.balsa.ir.leaf;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// A matrix of the input's shape with ones on a diagonal (ONNX EyeLike, opset 9 to 22).
///
/// @param type the element type; that of the input if empty
/// @param diagonal which diagonal: 0 the main one, above 0 one further right, below 0 one further down
public record EyeLike(Optional<DataType> type, long diagonal) implements Leaf {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("EyeLike")
            .since(9)
            .in("input", Schema.ANY)
            .out("output")
            .reader(node -> new EyeLike(node.dtype("dtype"), node.integer("k", 0)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        if (in.shape(0).hasRank() && in.shape(0).rank() != 2) {
            throw in.mismatch(0, "no matrix", "rank 2", in.shape(0));
        }
        var element = type.orElse(in.dtype(0));
        if (element == DataType.STRING) {
            throw in.mismatch(0, "strings have no 1", "a numeric type or bool", element);
        }
        return List.of(in.type(0).withType(element));
    }

    @Override
    public void evaluate(Evaluation run) {
        var shape = run.input(0).shape();
        if (shape.rank() != 2) {
            throw new ShapeException(
                    "input 0: no matrix; expected rank 2, found " + shape + "; check the model's inputs");
        }
        var y = run.output(0, type.orElse(run.input(0).type()), shape);
        long rows = shape.dim(0);
        long columns = shape.dim(1);
        if (diagonal >= columns || diagonal <= -rows) {
            return;
        }
        for (long row = Math.max(0, -diagonal); row < rows && row + diagonal < columns; row++) {
            y.setLong(row * columns + row + diagonal, 1);
        }
    }
}
