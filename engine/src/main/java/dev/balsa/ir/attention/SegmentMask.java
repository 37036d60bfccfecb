package dev.balsa.ir.attention;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.util.List;
import java.util.Set;

/// What is added to scores of tokens of several sequences that lie one after the other, so that each sees those
/// of its own sequence: 0 there, the infinitely small number elsewhere.
///
/// Input: for each token the first one that it sees and the one behind the last, `[tokens, 2]`. Output: `[tokens,
/// tokens]`, a row for each query.
public record SegmentMask() implements Attending {
    /// Not an operator of ONNX; the name is for messages.
    public static final Schema SCHEMA = Schema.of("SegmentMask")
            .domain("dev.balsa")
            .in("ranges", Set.of(DataType.INT32))
            .out("mask");

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var ranges = in.shape(0);
        if (ranges.hasRank() && (ranges.rank() != 2 || !ranges.dim(1).mayEqual(Dim.of(2)))) {
            throw new ShapeException("input 0 \"ranges\": expected two numbers for each token, found shape " + ranges
                    + "; check the graph");
        }
        var tokens = ranges.hasRank() ? ranges.dim(0) : Dim.UNKNOWN;
        return List.of(new TensorType(DataType.FLOAT32, SymbolicShape.of(tokens, tokens)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var ranges = run.input(0);
        long tokens = ranges.shape().dim(0);
        var mask = run.output(0, DataType.FLOAT32, Shape.of(tokens, tokens));
        for (long query = 0; query < tokens; query++) {
            long first = ranges.getLong(2 * query);
            long end = ranges.getLong(2 * query + 1);
            for (long key = 0; key < tokens; key++) {
                mask.setDouble(query * tokens + key, key >= first && key < end ? 0 : Double.NEGATIVE_INFINITY);
            }
        }
    }
}
