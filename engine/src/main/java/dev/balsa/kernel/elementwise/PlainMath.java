package dev.balsa.kernel.elementwise;

import static dev.balsa.kernel.elementwise.Coefficients.*;

/// The functions of [dev.balsa.kernel.UnaryFunction] that need more than one operation, on single floats.
///
/// The same formulas as [VectorMath], but with separate multiplications and additions: a fused one is very slow on a
/// CPU that lacks it, and plain loops are for any CPU. The constants are split so that reductions stay exact without
/// it.
public final class PlainMath {
    private PlainMath() {}

    /// e to the power of x.
    public static float exp(float x) {
        var shifted = x * LOG2_E + ROUNDER;
        var n = shifted - ROUNDER;
        var r = x - n * LN2_HIGH - n * LN2_LOW;
        var p = r * r * expTail(r) + r + 1f;
        var k = Float.floatToRawIntBits(shifted) - ROUNDER_BITS;
        var half = k >> 1;
        var y = p * powerOfTwo(half) * powerOfTwo(k - half);
        y = x > EXP_HIGHEST ? Float.POSITIVE_INFINITY : y;
        return x < EXP_LOWEST ? 0f : y;
    }

    /// exp(x) - 1 for x within 40 of 0.
    private static float expm1(float x) {
        var shifted = x * LOG2_E + ROUNDER;
        var n = shifted - ROUNDER;
        var r = x - n * LN2_HIGH - n * LN2_LOW;
        var p = r * r * expTail(r) + r;
        var scale = powerOfTwo(Float.floatToRawIntBits(shifted) - ROUNDER_BITS);
        return p * scale + (scale - 1f);
    }

    private static float expTail(float r) {
        return (((E4 * r + E3) * r + E2) * r + E1) * r + E0;
    }

    private static float powerOfTwo(int k) {
        return Float.intBitsToFloat((k + 127) << 23);
    }

    static float log(float x) {
        var small = x < Float.MIN_NORMAL;
        var bits = Float.floatToRawIntBits(small ? x * SUBNORMAL_SCALE : x);
        var k = (bits - SQRT_HALF_BITS) >> 23;
        var f = Float.intBitsToFloat(bits - (k << 23)) - 1f;
        var n = (float) (small ? k - 23 : k);
        var square = f * f;
        var t = square * f * logTail(f) + n * LN2_LOW - 0.5f * square;
        var y = f + t + n * LN2_HIGH;
        y = x < Float.POSITIVE_INFINITY ? y : x;
        y = x == 0f ? Float.NEGATIVE_INFINITY : y;
        return x < 0f ? Float.NaN : y;
    }

    private static float logTail(float f) {
        return ((((((L7 * f + L6) * f + L5) * f + L4) * f + L3) * f + L2) * f + L1) * f + L0;
    }

    static float tanh(float x) {
        var a = Math.abs(x);
        a = a > TANH_ONE ? TANH_ONE : a;
        var e = expm1(a + a);
        return withSign(e / (e + 2f), x);
    }

    static float sigmoid(float x) {
        var z = exp(-Math.abs(x));
        return (x < 0f ? z : 1f) / (z + 1f);
    }

    static float erf(float x) {
        var a = Math.abs(x);
        var inner = x * erfInner(x * x) + x;
        var outer = withSign(-expm1(erfOuter(a > ERF_ONE ? ERF_ONE : a)), x);
        return a < ERF_SPLIT ? inner : outer;
    }

    private static float erfInner(float t) {
        return ((((P5 * t + P4) * t + P3) * t + P2) * t + P1) * t + P0;
    }

    private static float erfOuter(float a) {
        return (((((Q6 * a + Q5) * a + Q4) * a + Q3) * a + Q2) * a + Q1) * a + Q0;
    }

    /// Replaces what is below `low`, then what is above `high`; NaN stays.
    static float clip(float x, float low, float high) {
        var y = x <= low ? low : x;
        return y > high ? high : y;
    }

    static float elu(float x, float alpha) {
        var bounded = clip(x, EXPM1_LOWEST, 0f);
        return x < 0f ? alpha * expm1(bounded) : x;
    }

    static float hardSigmoid(float x, float alpha, float beta) {
        return clip(alpha * x + beta, 0f, 1f);
    }

    static float hardSwish(float x) {
        return x * hardSigmoid(x, 1f / 6f, 0.5f);
    }

    static float swish(float x, float alpha) {
        return x * sigmoid(x * alpha);
    }

    static float softplus(float x) {
        var z = exp(-Math.abs(x));
        var tail = ((((N8 * z + N7) * z + N6) * z + N5) * z + N4) * z + N3;
        tail = ((tail * z + N2) * z + N1) * z + N0;
        return (x < 0f ? 0f : x) + (z * z * tail + z);
    }

    static float mish(float x) {
        var e = exp(x > MISH_LINEAR ? MISH_LINEAR : x);
        var w = e * (e + 2f);
        return x * (w / (w + 2f));
    }

    static float gelu(float x) {
        // max(x, 0) - |x|/2 (1 - erf(|x| / sqrt(2))): no cancellation on either side.
        var a = Math.min(Math.abs(x), GELU_LIMIT);
        var z = a * SQRT_HALF;
        var tail = (((((G10 * z + G9) * z + G8) * z + G7) * z + G6) * z + G5) * z + G4;
        tail = (((tail * z + G3) * z + G2) * z + G1) * z + G0;
        return (x < 0f ? 0f : x) - a * 0.5f * exp(z * tail);
    }

    static float geluTanh(float x) {
        var cubic = x * x * x * GELU_CUBIC + x;
        return x * 0.5f * (tanh(cubic * GELU_SCALE) + 1f);
    }

    static float pow(float x, float y) {
        return (float) Math.pow(x, y);
    }

    /// The magnitude of the first with the sign of the second; the first must not be negative.
    private static float withSign(float magnitude, float sign) {
        return Float.intBitsToFloat(
                Float.floatToRawIntBits(magnitude) | (Float.floatToRawIntBits(sign) & Integer.MIN_VALUE));
    }
}
