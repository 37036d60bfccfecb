package dev.balsa.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory for weights and intermediate tensors, in large pages where there is much of it: a page of 2 MB comes with one
/// fault instead of 512, and is zeros already.
public final class LargeMemory {
    private static final long LARGE_PAGE = 2L << 20;
    private static final long ALIGNMENT = 64;

    private LargeMemory() {}

    /// Zeros, 64-byte aligned, which go with the arena.
    ///
    /// @throws dev.balsa.error.ResourceException if the system has no such memory
    /// @throws OutOfMemoryError if it has not even a little
    @SuppressWarnings("restricted")
    public static MemorySegment allocate(Arena arena, long bytes) {
        if (bytes < LARGE_PAGE || !Pages.isLinux()) {
            return arena.allocate(bytes, ALIGNMENT);
        }
        var pages = Pages.map(Math.addExact(bytes, LARGE_PAGE));
        long start = (pages.address() + LARGE_PAGE - 1) & -LARGE_PAGE;
        var aligned = MemorySegment.ofAddress(start).reinterpret(bytes, arena, _ -> Pages.unmap(pages));
        Pages.preferLarge(aligned);
        return aligned;
    }
}
