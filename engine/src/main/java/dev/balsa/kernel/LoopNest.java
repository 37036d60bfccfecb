package dev.balsa.kernel;

import java.util.ArrayList;
import java.util.List;

/// A row-major walk over a shape that several strided operands follow, with as few dimensions as will do.
///
/// Dimensions of size 1 are dropped, neighbours are merged where every operand runs through them in one stride. What
/// remains is rows of [#inner] elements. Immutable; no method but the constructor allocates.
public final class LoopNest {
    private final long[] sizes;
    private final long[][] strides;
    private final long total;

    /// A walk over `shape`, with strides per operand and dimension in any unit.
    public LoopNest(List<Long> shape, List<List<Long>> strides) {
        var kept = new ArrayList<Integer>();
        var merged = new ArrayList<Long>();
        for (int d = 0; d < shape.size(); d++) {
            if (shape.get(d) == 1) {
                continue;
            }
            if (!kept.isEmpty() && runsOn(kept.getLast(), d, shape.get(d), strides)) {
                merged.set(merged.size() - 1, merged.getLast() * shape.get(d));
                kept.set(kept.size() - 1, d);
            } else {
                merged.add(shape.get(d));
                kept.add(d);
            }
        }
        this.sizes = merged.stream().mapToLong(Long::longValue).toArray();
        this.strides = strides.stream()
                .map(list -> kept.stream().mapToLong(list::get).toArray())
                .toArray(long[][]::new);
        this.total = shape.stream().reduce(1L, Math::multiplyExact);
    }

    /// The strides of a row-major operand with an element for each of the shape, whose rows, along the innermost
    /// dimension, may be apart.
    ///
    /// @param rowStep elements from a row to the next; as many as it has where there are no gaps
    public static List<Long> strides(List<Long> shape, long rowStep) {
        var strides = new ArrayList<Long>();
        long step = rowStep;
        for (int d = shape.size() - 1; d >= 0; d--) {
            boolean isInnermost = d == shape.size() - 1;
            strides.addFirst(isInnermost ? 1 : step);
            step *= isInnermost ? 1 : shape.get(d);
        }
        return strides;
    }

    private static boolean runsOn(int outer, int inner, long size, List<List<Long>> strides) {
        return strides.stream().allMatch(list -> list.get(outer) == list.get(inner) * size);
    }

    /// The number of dimensions that remain.
    public int rank() {
        return sizes.length;
    }

    /// The size of a remaining dimension.
    public long size(int dimension) {
        return sizes[dimension];
    }

    /// The stride of an operand in a remaining dimension.
    public long stride(int operand, int dimension) {
        return strides[operand][dimension];
    }

    /// The number of elements of the shape.
    public long total() {
        return total;
    }

    /// The length of a row, at least 1 unless the shape is empty.
    public long inner() {
        return sizes.length == 0 ? 1 : sizes[sizes.length - 1];
    }

    /// The stride of an operand along a row; 1 for a single element.
    public long innerStride(int operand) {
        return sizes.length == 0 ? 1 : strides[operand][sizes.length - 1];
    }

    /// Where row `row` of an operand begins.
    public long rowOffset(int operand, long row) {
        var own = strides[operand];
        long rest = row;
        long offset = 0;
        for (int d = sizes.length - 2; d > 0; d--) {
            var above = rest / sizes[d];
            offset += (rest - above * sizes[d]) * own[d];
            rest = above;
        }
        return sizes.length > 1 ? offset + rest * own[0] : offset;
    }
}
