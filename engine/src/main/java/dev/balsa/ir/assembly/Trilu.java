package dev.balsa.ir.assembly;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Set;

/// The upper or lower triangle of every matrix, zeros elsewhere (ONNX Trilu, opset 14).
///
/// @param upper whether the upper triangle is kept
public record Trilu(boolean upper) implements Assembly {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Trilu")
            .since(14)
            .in("input", Schema.ANY)
            .optional("k", Set.of(DataType.INT64))
            .out("output")
            .reader(node -> new Trilu(node.integer("upper", 1) != 0));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        check(in.shape(0));
        return List.of(in.type(0));
    }

    private static void check(SymbolicShape shape) {
        if (shape.hasRank() && shape.rank() < 2) {
            throw new ShapeException("input 0: expected matrices (at least two dimensions), found " + shape
                    + "; check the model, or the shapes of its inputs");
        }
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        check(SymbolicShape.of(x.shape()));
        long diagonal = run.has(1) ? diagonal(run.input(1)) : 0;
        var y = run.output(0, x.type(), x.shape());
        Fill.zero(y);
        if (x.size() == 0) {
            return;
        }
        long rows = x.shape().dim(-2);
        long columns = x.shape().dim(-1);
        for (long start = 0; start < x.size(); start += columns) {
            // In row r the triangles meet at column r + k; a saturating sum leaves absurd k on its side.
            long row = start / columns % rows;
            long meeting = diagonal > columns ? columns : Math.clamp(row + Math.max(diagonal, -rows), -1, columns);
            long from = upper ? Math.max(meeting, 0) : 0;
            long to = upper ? columns : Math.min(meeting + 1, columns);
            y.copyElements(start + from, x, start + from, Math.max(0, to - from));
        }
    }

    private static long diagonal(Tensor k) {
        if (k.size() != 1) {
            throw new ShapeException("input 1 \"k\": expected one element, found " + k + "; check the model");
        }
        return k.getLong(0);
    }
}
