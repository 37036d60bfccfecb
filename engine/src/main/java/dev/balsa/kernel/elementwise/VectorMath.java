package dev.balsa.kernel.elementwise;

import static dev.balsa.kernel.elementwise.VectorCoefficients.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The functions of [dev.balsa.kernel.UnaryFunction] that need more than one instruction, on vectors of floats.
///
/// Small static methods without loops, made to be inlined into the loop that calls them. Constants are vectors made
/// once: the compiler's budget for one loop is spent by every call, and long formulas use most of it. Comparisons are
/// arranged so that a NaN passes through every selection.
public final class VectorMath {
    /// The vectors of the preferred width.
    public static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private VectorMath() {}

    /// A vector of one value.
    public static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /// e to the power of x.
    public static FloatVector exp(FloatVector x) {
        var shifted = x.fma(LOG2_E, ROUNDER);
        var n = shifted.sub(ROUNDER);
        var r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
        var p = r.mul(r).fma(expTail(r), r).add(ONE);
        var k = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
        var half = k.lanewise(VectorOperators.ASHR, 1);
        // Two factors, since 2^k may lie outside of the normal range where exp(x) does not.
        var y = p.mul(powerOfTwo(half)).mul(powerOfTwo(k.sub(half)));
        return y.blend(INFINITY, x.compare(VectorOperators.GT, EXP_HIGHEST))
                .blend(ZERO, x.compare(VectorOperators.LT, EXP_LOWEST));
    }

    /// exp(x) for x up to 0; results below the normal range are 0.
    private static FloatVector expOfNegative(FloatVector x) {
        var shifted = x.fma(LOG2_E, ROUNDER);
        var n = shifted.sub(ROUNDER);
        var r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
        var p = r.mul(r).fma(expTail(r), r).add(ONE);
        return p.mul(powerOfTwoOf(shifted)).blend(ZERO, x.compare(VectorOperators.LT, EXP_NORMAL));
    }

    /// exp(x) - 1 for x within 40 of 0.
    private static FloatVector expm1(FloatVector x) {
        var shifted = x.fma(LOG2_E, ROUNDER);
        var n = shifted.sub(ROUNDER);
        var r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
        var p = r.mul(r).fma(expTail(r), r);
        var scale = powerOfTwoOf(shifted);
        return p.fma(scale, scale.sub(ONE));
    }

    private static FloatVector expTail(FloatVector r) {
        return r.fma(E4, E3).fma(r, E2).fma(r, E1).fma(r, E0);
    }

    /// Two to the power of the integer that a float plus the rounder holds.
    private static FloatVector powerOfTwoOf(FloatVector shifted) {
        // Shifting drops the rounder's own bits.
        return shifted.reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 23)
                .add(ONE_BITS)
                .reinterpretAsFloats();
    }

    private static FloatVector powerOfTwo(IntVector k) {
        return k.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector log(FloatVector x) {
        var small = x.compare(VectorOperators.LT, LEAST_NORMAL);
        var bits = x.blend(x.mul(SUBNORMAL_SCALE), small).reinterpretAsInts();
        var k = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
        var f = bits.sub(k.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(ONE);
        // k is a small integer: the rounder's low bits hold it, so that no conversion instruction is needed.
        var n = k.add(ROUNDER_BITS).reinterpretAsFloats().sub(ROUNDER);
        n = n.blend(n.sub(SUBNORMAL_BITS), small);
        var y = logSum(n, f);
        // Not below infinity: infinity itself and NaN, which are their own logarithms.
        y = y.blend(x, x.compare(VectorOperators.LT, INFINITY).not());
        return y.blend(MINUS_INFINITY, x.compare(VectorOperators.EQ, ZERO))
                .blend(NAN, x.compare(VectorOperators.LT, ZERO));
    }

    /// n log(2) + log(1 + f).
    private static FloatVector logSum(FloatVector n, FloatVector f) {
        var square = f.mul(f);
        var t = n.fma(LN2_LOW, square.mul(f).mul(logTail(f)));
        return n.fma(LN2_HIGH, f.add(square.fma(MINUS_HALF, t)));
    }

    private static FloatVector logTail(FloatVector f) {
        return f.fma(L7, L6)
                .fma(f, L5)
                .fma(f, L4)
                .fma(f, L3)
                .fma(f, L2)
                .fma(f, L1)
                .fma(f, L0);
    }

    static FloatVector tanh(FloatVector x) {
        var a = x.abs().min(TANH_ONE);
        var e = expm1(a.add(a));
        return withSign(e.div(e.add(TWO)), x);
    }

    static FloatVector sigmoid(FloatVector x) {
        // Always with exp of a negative number, so that both ends keep their relative accuracy.
        var z = exp(x.abs().neg());
        return ONE.blend(z, x.compare(VectorOperators.LT, ZERO)).div(z.add(ONE));
    }

    static FloatVector erf(FloatVector x) {
        var a = x.abs();
        var inner = x.fma(erfInner(x.mul(x)), x);
        var outer = withSign(expm1(erfOuter(a.min(ERF_ONE))).neg(), x);
        return outer.blend(inner, a.compare(VectorOperators.LT, ERF_SPLIT));
    }

    private static FloatVector erfInner(FloatVector t) {
        return t.fma(P5, P4).fma(t, P3).fma(t, P2).fma(t, P1).fma(t, P0);
    }

    private static FloatVector erfOuter(FloatVector a) {
        return a.fma(Q6, Q5).fma(a, Q4).fma(a, Q3).fma(a, Q2).fma(a, Q1).fma(a, Q0);
    }

    /// sin(x + quadrant pi/2) where |x| is at most [Coefficients#TRIGONOMETRIC_LIMIT].
    static FloatVector sine(FloatVector x, int quadrant) {
        var shifted = x.fma(TWO_OVER_PI, ROUNDER);
        var n = shifted.sub(ROUNDER).neg();
        var r = n.fma(HALF_PI_3, n.fma(HALF_PI_2, n.fma(HALF_PI_1, x)));
        var k = shifted.reinterpretAsInts().add(quadrant);
        var t = r.mul(r);
        var sin = r.mul(t).fma(t.fma(S2, S1).fma(t, S0), r);
        var cosTail = t.fma(C2, C1).fma(t, C0);
        var cos = t.mul(t).fma(cosTail, t.fma(MINUS_HALF, ONE));
        var odd = k.lanewise(VectorOperators.AND, 1).compare(VectorOperators.NE, 0);
        var sign = k.lanewise(VectorOperators.LSHL, 30).lanewise(VectorOperators.AND, SIGN);
        return sin.blend(cos, odd.cast(SPECIES))
                .reinterpretAsInts()
                .lanewise(VectorOperators.XOR, sign)
                .reinterpretAsFloats();
    }

    /// To the nearest integer, ties to even.
    static FloatVector round(FloatVector x) {
        var a = x.abs();
        var rounded = a.add(INTEGERS).sub(INTEGERS);
        return withSign(rounded.blend(a, a.compare(VectorOperators.GE, INTEGERS)), x);
    }

    static FloatVector floor(FloatVector x) {
        var r = round(x);
        return r.blend(r.sub(ONE), r.compare(VectorOperators.GT, x));
    }

    static FloatVector ceil(FloatVector x) {
        return floor(x.neg()).neg();
    }

    /// Replaces what is below `low`, then what is above `high`; NaN stays.
    static FloatVector clip(FloatVector x, float low, float high) {
        var y = x.blend(low, x.compare(VectorOperators.LE, low));
        return y.blend(high, y.compare(VectorOperators.GT, high));
    }

    static FloatVector relu(FloatVector x) {
        return x.blend(ZERO, x.compare(VectorOperators.LE, ZERO));
    }

    static FloatVector leakyRelu(FloatVector x, FloatVector slope) {
        return x.blend(x.mul(slope), x.compare(VectorOperators.LT, ZERO));
    }

    static FloatVector elu(FloatVector x, float alpha) {
        var bounded = x.blend(EXPM1_LOWEST, x.compare(VectorOperators.LT, EXPM1_LOWEST));
        bounded = bounded.blend(ZERO, x.compare(VectorOperators.GT, ZERO));
        return x.blend(expm1(bounded).mul(alpha), x.compare(VectorOperators.LT, ZERO));
    }

    static FloatVector hardSigmoid(FloatVector x, float alpha, float beta) {
        return clip(x.fma(all(alpha), all(beta)), 0f, 1f);
    }

    static FloatVector hardSwish(FloatVector x) {
        return x.mul(hardSigmoid(x, 1f / 6f, 0.5f));
    }

    static FloatVector swish(FloatVector x, float alpha) {
        return x.mul(sigmoid(x.mul(alpha)));
    }

    static FloatVector softplus(FloatVector x) {
        var z = expOfNegative(x.abs().neg());
        return relu(x).add(z.mul(z).fma(logTailOfSum(z), z));
    }

    private static FloatVector logTailOfSum(FloatVector z) {
        return z.fma(N8, N7)
                .fma(z, N6)
                .fma(z, N5)
                .fma(z, N4)
                .fma(z, N3)
                .fma(z, N2)
                .fma(z, N1)
                .fma(z, N0);
    }

    static FloatVector mish(FloatVector x) {
        // tanh(log(1 + e)) with e = exp(x) is w / (w + 2) with w = e (e + 2).
        var e = exp(x.blend(MISH_LINEAR, x.compare(VectorOperators.GT, MISH_LINEAR)));
        var w = e.mul(e.add(TWO));
        return x.mul(w.div(w.add(TWO)));
    }

    static FloatVector gelu(FloatVector x) {
        // max(x, 0) - |x|/2 (1 - erf(|x| / sqrt(2))): no cancellation on either side.
        var a = x.abs().min(GELU_LIMIT);
        var z = a.mul(SQRT_HALF);
        return relu(x).sub(a.mul(HALF).mul(expOfNegative(z.mul(geluTail(z)))));
    }

    private static FloatVector geluTail(FloatVector z) {
        return z.fma(G10, G9)
                .fma(z, G8)
                .fma(z, G7)
                .fma(z, G6)
                .fma(z, G5)
                .fma(z, G4)
                .fma(z, G3)
                .fma(z, G2)
                .fma(z, G1)
                .fma(z, G0);
    }

    static FloatVector geluTanh(FloatVector x) {
        var cubic = x.mul(x).mul(x).fma(GELU_CUBIC, x);
        return x.mul(HALF).mul(tanh(cubic.mul(GELU_SCALE)).add(ONE));
    }

    /// The magnitude of the first with the sign of the second; the first must not be negative.
    private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
        var bit = sign.reinterpretAsInts().lanewise(VectorOperators.AND, SIGN);
        return magnitude.reinterpretAsInts().lanewise(VectorOperators.OR, bit).reinterpretAsFloats();
    }
}
