package dev.balsa.kernel.movement;

import java.util.List;

/// A cache with new entries written over old ones: ONNX TensorScatter, opset 24, with places that are the same in every
/// run.
///
/// Operands: 0 is the cache, 1 the entries, 2 the output, which may be in the cache's memory and shares none with
/// the entries. All are dense: for each sample its rows, each of which has its entries side by side.
///
/// @param rows of a sample
/// @param capacity how many entries a row of the cache has
/// @param entries how many are written to each row; no more than that
/// @param blockBytes the length of an entry
/// @param firsts for each sample the place of the first entry that is written, less than the capacity; behind the last
///     place writing goes on at the front
public record RowUpdateRequest(long rows, long capacity, long entries, long blockBytes, List<Long> firsts) {
    /// Copies the list and checks it.
    public RowUpdateRequest {
        firsts = List.copyOf(firsts);
        for (long first : firsts) {
            if (first < 0 || capacity > 0 && first >= capacity || entries > capacity) {
                throw new IllegalArgumentException("row update: expected " + entries + " entries to fit into "
                        + capacity + " places, from one of them on, found " + first);
            }
        }
    }

    /// The length of the cache in bytes.
    long cacheBytes() {
        return firsts.size() * rows * capacity * blockBytes;
    }
}
