package dev.balsa.kernel.gemm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Turns bytes into floats less their zero point. The floats are integers between -255 and 255.
public final class ByteWidening {
    private ByteWidening() {}

    /// A byte as the number that it stands for.
    public static int value(MemorySegment source, long at, boolean signed) {
        var value = source.get(JAVA_BYTE, at);
        return signed ? value : value & 0xFF;
    }

    /// Widens `count` bytes that share a zero point.
    public static void widen(
            MemorySegment source,
            long sourceAt,
            boolean signed,
            int zero,
            MemorySegment target,
            long targetAt,
            int count) {
        var mask = signed ? -1 : 0xFF;
        for (int i = 0; i < count; i++) {
            var value = (source.get(JAVA_BYTE, sourceAt + i) & mask) - zero;
            target.set(JAVA_FLOAT_UNALIGNED, targetAt + (long) i * Float.BYTES, value);
        }
    }

    /// Widens `count` bytes with a zero point each.
    public static void widenEach(
            MemorySegment source,
            long sourceAt,
            boolean signed,
            MemorySegment zeros,
            MemorySegment target,
            long targetAt,
            int count) {
        var mask = signed ? -1 : 0xFF;
        for (int i = 0; i < count; i++) {
            var value = (source.get(JAVA_BYTE, sourceAt + i) & mask) - (zeros.get(JAVA_BYTE, i) & mask);
            target.set(JAVA_FLOAT_UNALIGNED, targetAt + (long) i * Float.BYTES, value);
        }
    }
}
