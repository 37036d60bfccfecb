package dev.balsa.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What works do in Java while they run, beside calling routines: they write what routines are told, read what
/// decides about that, copy bytes and clear them.
///
/// It goes by way of this class so that a run can be captured: then nothing is done, and the [Capture] of the
/// thread hears of it. A captured run has memory that cannot be read or written, so that a work which does
/// something behind this class' back fails then, and is not captured. Thread-safe; allocates nothing.
public final class Effects {
    private static final MemorySegment ZEROS = Arena.global().allocate(1 << 16);

    private static final ThreadLocal<@Nullable Capture> CAPTURES = new ThreadLocal<>();
    /// Threads that capture. It is looked at without synchronisation: a thread knows whether it is one of them.
    private static final AtomicInteger CAPTURING = new AtomicInteger();

    private Effects() {}

    /// Has everything that this thread does in `run` told to `capture` instead.
    public static void capture(Capture capture, Runnable run) {
        CAPTURING.incrementAndGet();
        CAPTURES.set(capture);
        try {
            run.run();
        } finally {
            CAPTURES.remove();
            CAPTURING.decrementAndGet();
        }
    }

    /// The capture of this thread, if it captures.
    public static @Nullable Capture capture() {
        return CAPTURING.getPlain() == 0 ? null : CAPTURES.get();
    }

    /// Writes 8 bytes at a multiple of 8.
    public static void putLong(MemorySegment target, long at, long value) {
        var capture = capture();
        if (capture == null) {
            target.set(ValueLayout.JAVA_LONG, at, value);
        } else {
            capture.put(place(target, at, Long.BYTES), Long.BYTES, value);
        }
    }

    /// Writes 8 bytes at a multiple of 8.
    public static void putDouble(MemorySegment target, long at, double value) {
        putLong(target, at, Double.doubleToRawLongBits(value));
    }

    /// Writes 4 bytes at a multiple of 4.
    public static void putInt(MemorySegment target, long at, int value) {
        var capture = capture();
        if (capture == null) {
            target.set(ValueLayout.JAVA_INT, at, value);
        } else {
            capture.put(place(target, at, Integer.BYTES), Integer.BYTES, value);
        }
    }

    /// Writes 4 bytes at a multiple of 4.
    public static void putFloat(MemorySegment target, long at, float value) {
        putInt(target, at, Float.floatToRawIntBits(value));
    }

    /// Reads a byte that says what to do, as zero points do.
    public static byte getByte(MemorySegment source, long at) {
        var capture = capture();
        return capture == null ? source.get(ValueLayout.JAVA_BYTE, at) : capture.get(place(source, at, Byte.BYTES));
    }

    /// Writes the number in a byte, plus another, as 8 bytes at a multiple of 8: what the run has
    /// there, as zero points, reaches a routine so.
    ///
    /// @param isSigned whether the byte has a sign
    public static void pass(
            MemorySegment source, long from, boolean isSigned, long plus, MemorySegment target, long to) {
        var capture = capture();
        if (capture == null) {
            byte value = source.get(ValueLayout.JAVA_BYTE, from);
            target.set(ValueLayout.JAVA_LONG, to, (isSigned ? value : Byte.toUnsignedInt(value)) + plus);
        } else {
            capture.pass(place(source, from, Byte.BYTES), isSigned, plus, place(target, to, Long.BYTES));
        }
    }

    /// Whether 8 bytes at a multiple of 8, in which a routine tells whether it found what it should,
    /// are still `value`. If not, the caller throws. A captured run goes on as if they were: where they
    /// are not, the commands end, and the work itself runs once more, to throw.
    public static boolean isStill(MemorySegment source, long at, long value) {
        var capture = capture();
        if (capture == null) {
            return source.get(ValueLayout.JAVA_LONG, at) == value;
        }
        capture.check(place(source, at, Long.BYTES), value);
        return true;
    }

    /// Whether 8 bytes at a multiple of 8, in which a routine tells whether something is to be done, are not 0;
    /// what follows until [#ends] is that, and the caller leaves it out otherwise. Not for use within such.
    public static boolean begins(MemorySegment source, long at) {
        var capture = capture();
        if (capture == null) {
            return source.get(ValueLayout.JAVA_LONG, at) != 0;
        }
        capture.begin(place(source, at, Long.BYTES));
        return true;
    }

    /// Says that what is only done sometimes has come to an end.
    public static void ends() {
        var capture = capture();
        if (capture != null) {
            capture.end();
        }
    }

    /// Copies bytes between places that have nothing in common.
    public static void copy(MemorySegment source, long from, MemorySegment target, long to, long bytes) {
        var capture = capture();
        if (capture == null) {
            MemorySegment.copy(source, from, target, to, bytes);
        } else if (bytes > 0) {
            capture.copy(place(source, from, bytes), place(target, to, bytes), bytes);
        }
    }

    /// Repeats 4 bytes, which are told by a number, over a range of a multiple of 4 bytes.
    public static void fill(MemorySegment target, long at, long bytes, int value) {
        if (bytes <= 0) {
            return;
        }
        putInt(target, at, value);
        for (long done = Integer.BYTES; done < bytes; done *= 2) {
            copy(target, at, target, at + done, Math.min(done, bytes - done));
        }
    }

    /// Clears bytes, by copying zeros: a slice to be filled would be an object on the heap.
    public static void clear(MemorySegment target, long at, long bytes) {
        var capture = capture();
        if (capture != null) {
            if (bytes > 0) {
                capture.clear(place(target, at, bytes), bytes);
            }
            return;
        }
        for (long done = 0; done < bytes; done += ZEROS.byteSize()) {
            MemorySegment.copy(ZEROS, 0, target, at + done, Math.min(ZEROS.byteSize(), bytes - done));
        }
    }

    private static long place(MemorySegment memory, long at, long bytes) {
        return memory.address() + Objects.checkFromIndexSize(at, bytes, memory.byteSize());
    }
}
