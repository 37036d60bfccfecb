package dev.balsa.kernel.conv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Writes zeros by copying them: a slice to be filled would be an object on the heap.
final class Zeros {
    private static final MemorySegment ZEROS = Arena.global().allocate(1 << 16);

    private Zeros() {}

    /// Writes `bytes` zeros at a place.
    static void fill(MemorySegment target, long at, long bytes) {
        for (long done = 0; done < bytes; done += ZEROS.byteSize()) {
            MemorySegment.copy(ZEROS, 0, target, at + done, Math.min(ZEROS.byteSize(), bytes - done));
        }
    }
}
