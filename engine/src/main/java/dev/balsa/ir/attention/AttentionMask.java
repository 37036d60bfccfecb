package dev.balsa.ir.attention;

import dev.balsa.ir.Evaluation;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Optional;

/// What is added to the score of a query and a key: a given number, or negative infinity where the key is hidden from
/// the query by a given mask, by causality, or because it does not count.
final class AttentionMask {
    private final Optional<Tensor> given;
    private final Optional<Tensor> counts;
    private final boolean causal;
    private final Optional<Long> past;
    private final long queries;

    AttentionMask(Attention op, Evaluation run, AttentionShapes shapes) {
        given = run.has(Attention.MASK) ? Optional.of(run.input(Attention.MASK)) : Optional.empty();
        counts = run.has(Attention.COUNTS) ? Optional.of(run.input(Attention.COUNTS)) : Optional.empty();
        past = run.has(Attention.PAST_KEY) ? Optional.of(shapes.past().get()) : Optional.empty();
        causal = op.causal();
        queries = shapes.q().length().get();
    }

    /// The number for a query and a key.
    double at(long batch, long head, long query, long key) {
        boolean hidden =
                counts.isPresent() && key >= counts.get().getLong(batch) || causal && key > query + keysBefore(batch);
        return hidden
                ? Double.NEGATIVE_INFINITY
                : given.map(mask -> given(mask, batch, head, query, key)).orElse(0.0);
    }

    /// The number of keys before that of the first query.
    private long keysBefore(long batch) {
        return past.orElse(counts.map(tensor -> tensor.getLong(batch) - queries).orElse(0L));
    }

    private static double given(Tensor mask, long batch, long head, long query, long key) {
        var shape = mask.shape();
        if (key >= shape.dim(-1)) {
            return Double.NEGATIVE_INFINITY;
        }
        var place = new long[] {batch, head, query, key};
        long index = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            long along = place[4 - shape.rank() + axis];
            index = index * shape.dim(axis) + (shape.dim(axis) == 1 ? 0 : along);
        }
        if (mask.type() == DataType.BOOL) {
            return mask.getBoolean(index) ? 0 : Double.NEGATIVE_INFINITY;
        }
        return mask.getDouble(index);
    }
}
