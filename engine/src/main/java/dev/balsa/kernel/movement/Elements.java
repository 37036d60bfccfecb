package dev.balsa.kernel.movement;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Copies of single elements of 1, 2, 4 or 8 bytes. All offsets and steps are in bytes.
final class Elements {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    /// Shorter runs are copied element by element, since a bulk copy is a call.
    private static final int BULK_BYTES = 64;

    private Elements() {}

    /// Copies `n` elements, `step` apart in the source, side by side into the target.
    static void move(int bytes, MemorySegment s, long so, long step, MemorySegment t, long to, int n) {
        if (step == bytes && (long) n * bytes >= BULK_BYTES) {
            MemorySegment.copy(s, so, t, to, (long) n * bytes);
        } else {
            move(bytes, s, so, 0, step, t, to, 0, 1, n);
        }
    }

    /// Copies `rows` rows of `n` elements: in the source `rowStep` and `step` apart, in the target `targetStep` and
    /// one element apart.
    static void move(
            int bytes,
            MemorySegment s,
            long so,
            long rowStep,
            long step,
            MemorySegment t,
            long to,
            long targetStep,
            int rows,
            int n) {
        switch (bytes) {
            case 1 -> moveBytes(s, so, rowStep, step, t, to, targetStep, rows, n);
            case 2 -> moveShorts(s, so, rowStep, step, t, to, targetStep, rows, n);
            case 4 -> moveInts(s, so, rowStep, step, t, to, targetStep, rows, n);
            default -> moveLongs(s, so, rowStep, step, t, to, targetStep, rows, n);
        }
    }

    private static void moveBytes(
            MemorySegment s,
            long so,
            long rowStep,
            long step,
            MemorySegment t,
            long to,
            long targetStep,
            int rows,
            int n) {
        for (int row = 0; row < rows; row++) {
            var from = so + row * rowStep;
            var into = to + row * targetStep;
            for (int i = 0; i < n; i++) {
                t.set(BYTE, into + i, s.get(BYTE, from + i * step));
            }
        }
    }

    private static void moveShorts(
            MemorySegment s,
            long so,
            long rowStep,
            long step,
            MemorySegment t,
            long to,
            long targetStep,
            int rows,
            int n) {
        for (int row = 0; row < rows; row++) {
            var from = so + row * rowStep;
            var into = to + row * targetStep;
            for (int i = 0; i < n; i++) {
                t.set(SHORT, into + ((long) i << 1), s.get(SHORT, from + i * step));
            }
        }
    }

    private static void moveInts(
            MemorySegment s,
            long so,
            long rowStep,
            long step,
            MemorySegment t,
            long to,
            long targetStep,
            int rows,
            int n) {
        for (int row = 0; row < rows; row++) {
            var from = so + row * rowStep;
            var into = to + row * targetStep;
            for (int i = 0; i < n; i++) {
                t.set(INT, into + ((long) i << 2), s.get(INT, from + i * step));
            }
        }
    }

    private static void moveLongs(
            MemorySegment s,
            long so,
            long rowStep,
            long step,
            MemorySegment t,
            long to,
            long targetStep,
            int rows,
            int n) {
        for (int row = 0; row < rows; row++) {
            var from = so + row * rowStep;
            var into = to + row * targetStep;
            for (int i = 0; i < n; i++) {
                t.set(LONG, into + ((long) i << 3), s.get(LONG, from + i * step));
            }
        }
    }
}
