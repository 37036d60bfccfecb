package dev.balsa.kernel.movement;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Which place of a dimension a place of its padded form shows.
final class PadPlaces {
    /// None: the value that is padded with.
    static final int OUTSIDE = -1;

    /// An element of zeros.
    static final MemorySegment ZERO = Arena.global().allocate(Long.BYTES);

    private PadPlaces() {}

    /// Whether there is nothing to show of the tensor outside of it.
    static boolean hasValue(PadMode mode) {
        return mode == PadMode.CONSTANT || mode == PadMode.ZERO;
    }

    /// @param index counted from the dimension's first place, before padding
    static int place(PadMode mode, long index, long size) {
        if (index >= 0 && index < size) {
            return (int) index;
        }
        var period = Math.max(1, 2 * (size - 1));
        return (int)
                switch (mode) {
                    case CONSTANT, ZERO -> OUTSIDE;
                    case EDGE -> Math.clamp(index, 0, size - 1);
                    case WRAP -> Math.floorMod(index, size);
                    case REFLECT ->
                        Math.min(Math.floorMod(index, period), period - Math.floorMod(index, period)) % size;
                };
    }
}
