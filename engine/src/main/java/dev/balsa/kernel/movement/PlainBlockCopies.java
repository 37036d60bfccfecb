package dev.balsa.kernel.movement;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [BlockCopies] on any CPU.
///
/// @param toList whether the list is of places in the target
record PlainBlockCopies(boolean toList) implements BlockCopies {
    /// Blocks of these lengths are copied as one element, which is cheaper than a bulk copy.
    private static final long ELEMENT = 8;

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public void copy(
            MemorySegment scratch,
            MemorySegment source,
            long sourceAt,
            MemorySegment target,
            long targetAt,
            MemorySegment list,
            long listAt,
            long step,
            long bytes,
            long count) {
        boolean single = bytes <= ELEMENT && Long.bitCount(bytes) == 1;
        for (long i = 0; i < count; i++) {
            long listed = list.get(ValueLayout.JAVA_LONG, listAt + (i << 3));
            long from = sourceAt + (toList ? i * step : listed);
            long to = targetAt + (toList ? listed : i * step);
            if (single) {
                Elements.move((int) bytes, source, from, 0, 0, target, to, 0, 1, 1);
            } else {
                MemorySegment.copy(source, from, target, to, bytes);
            }
        }
    }
}
