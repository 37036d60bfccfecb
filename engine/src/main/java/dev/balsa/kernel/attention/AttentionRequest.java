package dev.balsa.kernel.attention;

import dev.balsa.kernel.tile.RowPlaces;
import java.util.List;
import java.util.Optional;

/// Attention of float32, head by head: `softmax(mask(cap(scale * Q K^T))) V`.
///
/// Operands: Q, K, V; the mask, if there is one; with a cache that has earlier keys, these and the earlier values;
/// the result; with a cache, all keys and all values as far as they are given out. No output shares memory with
/// anything. Which heads belong together is told by the offsets of their matrices; heads of queries that share
/// keys and values follow each other.
///
/// @param queries rows of Q and of the result
/// @param keys rows of K and V; with a cache, as many of all of them as count
/// @param size columns of Q and K
/// @param valueSize columns of V and of the result
/// @param scale what products are multiplied by
/// @param cap scores are limited to `cap * tanh(score / cap)`; 0 for no limit
/// @param q the queries of all heads
/// @param k the keys of all heads; with a cache, where they lie when they are together
/// @param v the values of all heads, likewise
/// @param y the results of all heads, which cover the output
/// @param mask what is done to scores
/// @param before how many keys there are before that of the first query, if a query sees only the keys up to its
///     own; may be negative
/// @param zeroIfHidden whether a query that sees no key gives zeros; otherwise NaN
/// @param cache how keys and values are put together
public record AttentionRequest(
        int queries,
        int keys,
        int size,
        int valueSize,
        float scale,
        float cap,
        Matrices q,
        Matrices k,
        Matrices v,
        Matrices y,
        Optional<AttentionMask> mask,
        Optional<Long> before,
        boolean zeroIfHidden,
        Optional<Cache> cache) {
    /// Rows of a group for which packing does not pay, nor looking at what masks hide.
    static final int FEW_ROWS = 6;

    /// Whether blocks of keys that a mask hides from all rows of a unit are left out.
    boolean looksAtMask() {
        return mask.filter(given -> switch (given.kind()) {
                            case ADDED -> true;
                            case SEEN, HIDDEN -> given.hidden() <= MaskLookCode.HIDDEN;
                            case WITHIN -> false;
                        })
                        .isPresent()
                && before.isEmpty()
                && (long) group() * queries > FEW_ROWS;
    }

    /// The number of heads of queries, all batches together.
    int heads() {
        return q.offsets().size();
    }

    /// How many neighbouring heads of queries share keys and values, everywhere and at equal distances.
    int group() {
        int most = 1;
        while (most < heads() && isShared(most)) {
            most++;
        }
        return heads() % most == 0 && isUniform(most) ? most : 1;
    }

    /// Where the queries of a group are, as elements from its first one: the rows of its heads in order.
    RowPlaces queryPlaces() {
        return RowPlaces.of(
                group() * queries,
                row -> q.offsets().get(row / queries) - q.offsets().getFirst() + row % queries * q.row());
    }

    private boolean isShared(int head) {
        return k.offsets().get(head).equals(k.offsets().getFirst())
                && v.offsets().get(head).equals(v.offsets().getFirst());
    }

    private boolean isUniform(int group) {
        for (int head = 0; head < heads(); head++) {
            int first = head - head % group;
            if (distance(k.offsets(), first, head) != 0
                    || distance(v.offsets(), first, head) != 0
                    || distance(q.offsets(), first, head) < 0
                    || distance(q.offsets(), first, head) != distance(q.offsets(), 0, head % group)) {
                return false;
            }
        }
        return true;
    }

    private static long distance(List<Long> offsets, int from, int to) {
        return offsets.get(to) - offsets.get(from);
    }
}
