package dev.balsa.kernel.movement;

import java.lang.foreign.MemorySegment;

/// Copies blocks of bytes between places that a list tells and places at equal distances: from the list's places,
/// or to them, as the copies were made for.
interface BlockCopies {
    /// Scratch memory that a call takes.
    long scratchBytes();

    /// Copies `count` blocks, at least one, in the order of the list.
    ///
    /// @param list for every block 64 bits, from `listAt` on: bytes behind `sourceAt` or `targetAt`
    /// @param step bytes from a block to the next on the side that has no list
    /// @param bytes the length of a block
    void copy(
            MemorySegment scratch,
            MemorySegment source,
            long sourceAt,
            MemorySegment target,
            long targetAt,
            MemorySegment list,
            long listAt,
            long step,
            long bytes,
            long count);
}
