package dev.balsa.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory for weights, intermediate tensors and results, in large pages where there is much of it: a page of 2 MB
/// comes with one fault instead of 512, and is zeros already.
public final class LargeMemory {
    private static final long LARGE_PAGE = 2L << 20;
    /// So much is worth a large page where there is not more.
    private static final long LEAST_WHOLE = LARGE_PAGE / 8;

    private static final long ALIGNMENT = 64;

    private LargeMemory() {}

    /// Zeros, 64-byte aligned, which go with the arena.
    ///
    /// @throws dev.balsa.error.ResourceException if the system has no such memory
    /// @throws OutOfMemoryError if it has not even a little
    public static MemorySegment allocate(Arena arena, long bytes) {
        return bytes < LARGE_PAGE || !Pages.isLinux() ? arena.allocate(bytes, ALIGNMENT) : aligned(arena, bytes, bytes);
    }

    /// The same for one of a few pieces that are written in each run: as whole large pages, even if most of one
    /// stays unused. 64 faults take longer than to clear a large page.
    public static MemorySegment allocateWhole(Arena arena, long bytes) {
        return bytes >= LEAST_WHOLE && Pages.isLinux()
                ? aligned(arena, bytes, Math.addExact(bytes, LARGE_PAGE - 1) & -LARGE_PAGE)
                : arena.allocate(bytes, ALIGNMENT);
    }

    /// @param large from the first one on, bytes that shall be in large pages
    @SuppressWarnings("restricted")
    private static MemorySegment aligned(Arena arena, long bytes, long large) {
        var pages = Pages.map(Math.addExact(large, LARGE_PAGE));
        long start = (pages.address() + LARGE_PAGE - 1) & -LARGE_PAGE;
        var aligned = MemorySegment.ofAddress(start).reinterpret(bytes, arena, _ -> Pages.unmap(pages));
        Pages.preferLarge(MemorySegment.ofAddress(start).reinterpret(large));
        return aligned;
    }
}
