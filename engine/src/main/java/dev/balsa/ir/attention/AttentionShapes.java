package dev.balsa.ir.attention;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.SymbolicShape;
import java.util.List;
import java.util.Optional;

/// The dimensions of an [Attention] and of what it gives.
///
/// @param past how many keys come from earlier calls
/// @param total how many keys there are in all
record AttentionShapes(Heads q, Heads k, Heads v, Dim past, Dim total) {
    /// Checks that the inputs, all of known rank, fit together.
    static AttentionShapes of(Attention op, List<Optional<SymbolicShape>> inputs) {
        var q = Heads.of("input 0 \"Q\"", inputs.get(0).orElseThrow(), op.queryHeads());
        var k = Heads.of("input 1 \"K\"", inputs.get(1).orElseThrow(), op.heads());
        var v = Heads.of("input 2 \"V\"", inputs.get(2).orElseThrow(), op.heads());
        Heads.same("batch sizes of Q and K", q.batch(), k.batch());
        Heads.same("batch sizes of Q and V", q.batch(), v.batch());
        Heads.same("head sizes of Q and K", q.size(), k.size());
        Heads.same("numbers of heads of K and V", k.heads(), v.heads());
        Heads.same("lengths of K and V", k.length(), v.length());
        checkGroups(q.heads(), k.heads());
        var past = past("past_key", k, inputs.get(Attention.PAST_KEY));
        Heads.same("lengths of past_key and past_value", past, past("past_value", v, inputs.get(Attention.PAST_VALUE)));
        var shapes = new AttentionShapes(q, k, v, past, k.length().plus(past));
        inputs.get(Attention.MASK).ifPresent(shapes::checkMask);
        inputs.get(Attention.COUNTS).ifPresent(shapes::checkCounts);
        return shapes;
    }

    private static void checkGroups(Dim queries, Dim keys) {
        boolean known = queries.isKnown() && keys.isKnown();
        if (known && (keys.get() == 0 ? queries.get() != 0 : queries.get() % keys.get() != 0)) {
            throw new ShapeException("numbers of heads: expected those of Q to be a multiple of those of K, found "
                    + queries + " and " + keys + "; check the inputs, or q_num_heads and kv_num_heads");
        }
    }

    private static Dim past(String name, Heads heads, Optional<SymbolicShape> given) {
        if (given.isEmpty()) {
            return Dim.of(0);
        }
        var shape = given.get();
        if (shape.rank() != 4) {
            throw new ShapeException(name + ": expected rank 4 (batch, heads, length, size), found shape " + shape);
        }
        Heads.same("batch sizes of " + name + " and the new ones", heads.batch(), shape.dim(0));
        Heads.same("numbers of heads of " + name + " and the new ones", heads.heads(), shape.dim(1));
        Heads.same("head sizes of " + name + " and the new ones", heads.size(), shape.dim(3));
        return shape.dim(2);
    }

    private void checkMask(SymbolicShape mask) {
        var scores = scores();
        boolean fits = mask.rank() >= 1 && mask.rank() <= 4;
        for (int i = -1; fits && i >= -mask.rank(); i--) {
            var dim = mask.dim(i);
            var wanted = scores.dim(i);
            // A mask that ends early stands for one that hides all keys after its end.
            boolean early = i == -1 && dim.isKnown() && wanted.isKnown() && dim.get() < wanted.get();
            fits = dim.mayEqual(wanted) || early || i != -1 && dim.is(1);
        }
        if (!fits) {
            throw new ShapeException("input 3 \"attn_mask\": expected a shape that can be broadcast to " + scores
                    + ", found " + mask + "; check the mask");
        }
    }

    private void checkCounts(SymbolicShape counts) {
        if (counts.rank() != 1 || !counts.dim(0).mayEqual(q.batch())) {
            throw new ShapeException(
                    "input 6 \"nonpad_kv_seqlen\": expected shape [" + q.batch() + "], found " + counts);
        }
    }

    SymbolicShape y() {
        return new Heads(q.packed(), q.batch(), q.heads(), q.length(), v.size()).shape();
    }

    SymbolicShape presentKey() {
        return SymbolicShape.of(q.batch(), k.heads(), total, k.size());
    }

    SymbolicShape presentValue() {
        return SymbolicShape.of(q.batch(), k.heads(), total, v.size());
    }

    SymbolicShape scores() {
        return SymbolicShape.of(q.batch(), q.heads(), q.length(), total);
    }
}
