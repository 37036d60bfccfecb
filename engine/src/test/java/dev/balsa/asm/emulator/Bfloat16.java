package dev.balsa.asm.emulator;

/// Arithmetic of 16-bit floats whose sums are 32-bit floats (Intel SDM, volume 2, *VDPBF16PS*, *TDPBF16PS*,
/// *VCVTNEPS2BF16*): denormals are zero on the way in and out, rounding is to nearest even, whatever the control
/// register says. A result that only rounding makes normal counts as normal; the manual leaves that open.
final class Bfloat16 {
    private static final int HALF = 16;
    private static final int MOST_BELOW_HALF = 0x7FFF;
    private static final int QUIET = 0x40;

    /// How an element becomes a float.
    @FunctionalInterface
    interface Widening {
        /// The float of 16 bits.
        float apply(short bits);
    }

    private Bfloat16() {}

    static float widen(short bits) {
        return flush(Float.intBitsToFloat(bits << HALF));
    }

    /// Denormals become zeros of the same sign.
    static float flush(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
    }

    static float accumulate(float sum, float a, float b) {
        float addend = flush(sum);
        float result = Math.fma(a, b, addend);
        return Float.isNaN(result) ? Floats.ofNaN(a, b, addend) : flush(result);
    }

    static float add(float a, float b) {
        float x = flush(a);
        float y = flush(b);
        float result = x + y;
        return Float.isNaN(result) ? Floats.ofNaN(x, y) : flush(result);
    }

    /// The nearest bfloat16.
    static int narrow(int bits) {
        float x = Float.intBitsToFloat(bits);
        if (Float.isNaN(x)) {
            return bits >>> HALF | QUIET;
        }
        if (Math.abs(x) < Float.MIN_NORMAL) {
            return bits >>> HALF & 0x8000;
        }
        return Float.isInfinite(x) ? bits >>> HALF : bits + MOST_BELOW_HALF + (bits >>> HALF & 1) >>> HALF;
    }
}
