package dev.balsa.kernel.movement;

import java.util.List;
import java.util.Optional;

/// A cache with new entries written over old ones: ONNX TensorScatter, opset 24.
///
/// Operands: 0 is the cache, 1 the entries, then the places, if only a run tells them (64-bit integers), and the
/// output, which may be in the cache's memory and shares none with the others. All are dense: for each sample its
/// rows, each of which has its entries side by side.
///
/// @param samples how many
/// @param rows of a sample
/// @param capacity how many entries a row of the cache has
/// @param entries how many are written to each row; no more than that
/// @param blockBytes the length of an entry
/// @param firsts for each sample the place of the first entry that is written, if that is the same in every run;
/// from 0
///     to as many before the last place as there are entries, or to the last place if `circular`
/// @param circular whether behind the last place writing goes on at the front; then places may be beyond it, too
public record RowUpdateRequest(
        long samples,
        long rows,
        long capacity,
        long entries,
        long blockBytes,
        Optional<List<Long>> firsts,
        boolean circular) {
    /// Copies the list and checks it.
    public RowUpdateRequest {
        firsts = firsts.map(List::copyOf);
        for (long first : firsts.orElse(List.of())) {
            if (!isPlace(first, capacity, entries, circular) || entries > capacity) {
                throw new IllegalArgumentException("row update: expected " + entries + " entries to fit into "
                        + capacity + " places, from one of them on, found " + first);
            }
        }
    }

    /// Whether entries may be written from a place on.
    static boolean isPlace(long first, long capacity, long entries, boolean circular) {
        return first >= 0 && (circular || first <= capacity - entries);
    }

    /// The length of the cache in bytes.
    long cacheBytes() {
        return samples * rows * capacity * blockBytes;
    }
}
