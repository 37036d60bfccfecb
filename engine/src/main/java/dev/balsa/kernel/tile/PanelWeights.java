package dev.balsa.kernel.tile;

import static dev.balsa.asm.IntegerVectorInstruction.VINSERTI128;
import static dev.balsa.asm.IntegerVectorInstruction.VMOVDQU;
import static dev.balsa.asm.IntegerVectorInstruction.VPERMD;
import static dev.balsa.asm.IntegerVectorInstruction.VPSHUFB;

import dev.balsa.asm.Imm;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// How floats of packed panels are stored: all of their bytes, or the highest ones, rounded to the nearest.
///
/// A product with a few rows takes as long as its weights take to come from memory, and has time to widen them.
public enum PanelWeights {
    /// Floats.
    FLOATS(4),
    /// 16 bits of mantissa with the leading one: errors are a 2^17th at most.
    THREE_BYTES(3),
    /// bfloat16: errors are a 2^9th at most.
    TWO_BYTES(2);

    /// Behind the last vector, which is read by whole registers.
    private static final long BEHIND = 64;

    private static final int EXPONENT = 0x7F800000;
    private static final int MANTISSA = 0x007FFFFF;
    private static final int QUIET = 0x00400000;
    private static final int HALF_LANES = 4;

    private final int bytes;

    PanelWeights(int bytes) {
        this.bytes = bytes;
    }

    /// Bytes of a vector.
    int vectorBytes(VectorUnit unit) {
        return unit.lanes() * bytes;
    }

    /// Where or how much something is that would be at so many bytes, a multiple of 4, among floats.
    long ofFloatBytes(long floatBytes) {
        return floatBytes / Float.BYTES * bytes;
    }

    /// Bytes of packed panels that would take so many as floats.
    long packedBytes(long floatBytes) {
        return this == FLOATS ? floatBytes : ofFloatBytes(floatBytes) + BEHIND;
    }

    /// Part of the names of forms and routines.
    String label() {
        return this == FLOATS ? "" : "_" + bytes + "bytes";
    }

    /// Part of kernels' names: what they multiply.
    public String type() {
        return switch (this) {
            case FLOATS -> "f32";
            case THREE_BYTES -> "f32w24";
            case TWO_BYTES -> "f32w16";
        };
    }

    /// d = the vector at x, of which up to [#BEHIND] bytes behind are read, too
    void load(Lanes lanes, Vec d, Mem x) {
        switch (this) {
            case FLOATS -> lanes.load(d, x);
            case TWO_BYTES -> lanes.load(d, x, Storage.BFLOAT16);
            case THREE_BYTES -> loadThreeBytes(lanes, d, x);
        }
    }

    /// Four weights, 12 bytes, come to each 128 bits of the register, then each to the upper bytes of its lane.
    private static void loadThreeBytes(Lanes lanes, Vec d, Mem x) {
        var a = lanes.assembler();
        var unit = lanes.unit();
        if (unit.bytes() > 2 * 4 * Integer.BYTES) {
            lanes.load(d, a.constant(triples()));
            a.emit(VPERMD, d, d, x);
        } else {
            a.emit(VMOVDQU, d.as(Vec.xmm(0).bits()), x);
            a.emit(VINSERTI128, d, d, x.plus(3 * HALF_LANES), Imm.of(1));
        }
        a.emit(VPSHUFB, d, d, a.constant(upperBytes(unit)));
    }

    /// For each 128 bits the three words of its weights, and one more.
    private static long[] triples() {
        var words = new long[8];
        for (int i = 0; i < words.length; i++) {
            int first = i / 2 * 3 + i % 2 * 2;
            words[i] = first | (long) (first + 1) << Integer.SIZE;
        }
        return words;
    }

    private static long[] upperBytes(VectorUnit unit) {
        var words = new long[unit.bytes() / Long.BYTES];
        for (int i = 0; i < words.length * Long.BYTES; i++) {
            int lane = i / Integer.BYTES % HALF_LANES;
            // The highest bit makes zero.
            long from = i % Integer.BYTES == 0 ? 0x80 : lane * 3L + i % Integer.BYTES - 1;
            words[i / Long.BYTES] |= from << Byte.SIZE * (i % Long.BYTES);
        }
        return words;
    }

    /// Stores floats as these are.
    ///
    /// @param floats a multiple of 4 of them
    /// @param target of [#packedBytes]
    void pack(MemorySegment floats, MemorySegment target) {
        long count = floats.byteSize() / Float.BYTES;
        for (long i = 0; i < count; i += HALF_LANES) {
            int a = rounded(floats, i);
            int b = rounded(floats, i + 1);
            int c = rounded(floats, i + 2);
            int d = rounded(floats, i + 3);
            if (this == THREE_BYTES) {
                put(target, 3 * i, a >>> 8 | b >>> 8 << 24);
                put(target, 3 * i + 4, b >>> 16 | c >>> 8 << 16);
                put(target, 3 * i + 8, c >>> 24 | d >>> 8 << 8);
            } else {
                put(target, 2 * i, a >>> 16 | b >>> 16 << 16);
                put(target, 2 * i + 4, c >>> 16 | d >>> 16 << 16);
            }
        }
    }

    private static void put(MemorySegment target, long at, int bits) {
        target.set(ValueLayout.JAVA_INT_UNALIGNED, at, bits);
    }

    /// To the nearest with the lowest bytes zero, the even one of two; not to infinity, and NaN stays NaN.
    private int rounded(MemorySegment floats, long index) {
        int bits = floats.getAtIndex(ValueLayout.JAVA_INT, index);
        int shift = Byte.SIZE * (Float.BYTES - bytes);
        if ((bits & EXPONENT) == EXPONENT) {
            // What tells NaN from infinity may be in the lowest bytes.
            return (bits & MANTISSA) == 0 ? bits : bits | QUIET;
        }
        int nearest = bits + (1 << shift - 1) - 1 + (bits >>> shift & 1);
        return (nearest & EXPONENT) == EXPONENT ? bits : nearest;
    }
}
