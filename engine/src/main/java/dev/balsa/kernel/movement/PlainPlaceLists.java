package dev.balsa.kernel.movement;

import dev.balsa.kernel.LoopNest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [PlaceLists] on any CPU.
///
/// @param nest the walk, of the data and of the tuples
record PlainPlaceLists(TuplePlaces tuples, LoopNest nest) implements PlaceLists {
    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public void list(
            MemorySegment scratch,
            MemorySegment indices,
            long first,
            long start,
            long rows,
            long count,
            MemorySegment list,
            long listAt) {
        long at = listAt;
        for (long row = 0; row < rows; row++) {
            long tuple = first + (row == 0 ? 0 : row * nest.stride(1, nest.rank() - 2));
            long place = start + (row == 0 ? 0 : row * nest.stride(0, nest.rank() - 2));
            for (long i = 0; i < count; i++, at += Long.BYTES) {
                long told = tuples.place(indices, tuple + i * nest.innerStride(1));
                list.set(ValueLayout.JAVA_LONG, at, place + i * nest.innerStride(0) + told);
            }
        }
    }
}
