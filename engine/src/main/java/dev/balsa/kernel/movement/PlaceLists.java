package dev.balsa.kernel.movement;

import dev.balsa.error.ShapeException;
import java.lang.foreign.MemorySegment;

/// Lists the places of tuples of indices, which it reads when it is called.
interface PlaceLists {
    /// Scratch memory that a call takes besides the list.
    long scratchBytes();

    /// Lists the places of `rows` rows of `count` tuples, at least one each.
    ///
    /// @param first the first tuple
    /// @param start what is added to its place
    /// @param list gets 64 bits per tuple, from `listAt` on
    /// @throws ShapeException if an index is out of range
    void list(
            MemorySegment scratch,
            MemorySegment indices,
            long first,
            long start,
            long rows,
            long count,
            MemorySegment list,
            long listAt);
}
