package dev.balsa.kernel.elementwise;

import static dev.balsa.kernel.elementwise.Coefficients.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The functions of [dev.balsa.kernel.UnaryFunction] that need more than one instruction, on vectors of floats.
///
/// Small static methods without loops, made to be inlined into the loop that calls them. Comparisons are arranged so that
/// a NaN passes through every selection.
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
        var shifted = x.fma(all(LOG2_E), all(ROUNDER));
        var n = shifted.sub(ROUNDER);
        var r = n.fma(all(-LN2_LOW), n.fma(all(-LN2_HIGH), x));
        var p = r.mul(r).fma(expTail(r), r).add(1f);
        var k = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
        var half = k.lanewise(VectorOperators.ASHR, 1);
        // Two factors, since 2^k may lie outside of the normal range where exp(x) does not.
        var y = p.mul(powerOfTwo(half)).mul(powerOfTwo(k.sub(half)));
        return y.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, EXP_HIGHEST))
                .blend(0f, x.compare(VectorOperators.LT, EXP_LOWEST));
    }

    /// exp(x) - 1 for x within 40 of 0.
    private static FloatVector expm1(FloatVector x) {
        var shifted = x.fma(all(LOG2_E), all(ROUNDER));
        var n = shifted.sub(ROUNDER);
        var r = n.fma(all(-LN2_LOW), n.fma(all(-LN2_HIGH), x));
        var p = r.mul(r).fma(expTail(r), r);
        var scale = powerOfTwo(shifted.reinterpretAsInts().sub(ROUNDER_BITS));
        return p.fma(scale, scale.sub(1f));
    }

    private static FloatVector expTail(FloatVector r) {
        return r.fma(all(E4), all(E3)).fma(r, all(E2)).fma(r, all(E1)).fma(r, all(E0));
    }

    private static FloatVector powerOfTwo(IntVector k) {
        return k.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector log(FloatVector x) {
        var small = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
        var bits = x.blend(x.mul(SUBNORMAL_SCALE), small).reinterpretAsInts();
        var k = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
        var f = bits.sub(k.lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats()
                .sub(1f);
        // k is a small integer: the rounder's low bits hold it, so that no conversion instruction is needed.
        var n = k.add(ROUNDER_BITS).reinterpretAsFloats().sub(ROUNDER);
        n = n.blend(n.sub(23f), small);
        var square = f.mul(f);
        var t = square.mul(f).mul(logTail(f));
        t = n.fma(all(LN2_LOW), t);
        t = square.fma(all(-0.5f), t);
        var y = n.fma(all(LN2_HIGH), f.add(t));
        // Not below infinity: infinity itself and NaN, which are their own logarithms.
        y = y.blend(x, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not());
        return y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f))
                .blend(Float.NaN, x.compare(VectorOperators.LT, 0f));
    }

    private static FloatVector logTail(FloatVector f) {
        return f.fma(all(L8), all(L7))
                .fma(f, all(L6))
                .fma(f, all(L5))
                .fma(f, all(L4))
                .fma(f, all(L3))
                .fma(f, all(L2))
                .fma(f, all(L1))
                .fma(f, all(L0));
    }

    static FloatVector tanh(FloatVector x) {
        var a = x.abs();
        a = a.blend(TANH_ONE, a.compare(VectorOperators.GT, TANH_ONE));
        var e = expm1(a.add(a));
        return withSign(e.div(e.add(2f)), x);
    }

    static FloatVector sigmoid(FloatVector x) {
        // Always with exp of a negative number, so that both ends keep their relative accuracy.
        var z = exp(x.abs().neg());
        return all(1f).blend(z, x.compare(VectorOperators.LT, 0f)).div(z.add(1f));
    }

    static FloatVector erf(FloatVector x) {
        var a = x.abs();
        var inner = x.fma(erfInner(x.mul(x)), x);
        var bounded = a.blend(ERF_ONE, a.compare(VectorOperators.GT, ERF_ONE));
        var outer = withSign(expm1(erfOuter(bounded)).neg(), x);
        return outer.blend(inner, a.compare(VectorOperators.LT, ERF_SPLIT));
    }

    private static FloatVector erfInner(FloatVector t) {
        return t.fma(all(P6), all(P5))
                .fma(t, all(P4))
                .fma(t, all(P3))
                .fma(t, all(P2))
                .fma(t, all(P1))
                .fma(t, all(P0));
    }

    private static FloatVector erfOuter(FloatVector a) {
        return a.fma(all(Q7), all(Q6))
                .fma(a, all(Q5))
                .fma(a, all(Q4))
                .fma(a, all(Q3))
                .fma(a, all(Q2))
                .fma(a, all(Q1))
                .fma(a, all(Q0));
    }

    /// sin(x + quadrant pi/2) where |x| is at most [Coefficients#TRIGONOMETRIC_LIMIT].
    static FloatVector sine(FloatVector x, int quadrant) {
        var shifted = x.fma(all(TWO_OVER_PI), all(ROUNDER));
        var n = shifted.sub(ROUNDER).neg();
        var r = n.fma(all(HALF_PI_3), n.fma(all(HALF_PI_2), n.fma(all(HALF_PI_1), x)));
        var k = shifted.reinterpretAsInts().add(quadrant);
        var t = r.mul(r);
        var sin = r.mul(t).fma(t.fma(all(S2), all(S1)).fma(t, all(S0)), r);
        var cosTail = t.fma(all(C2), all(C1)).fma(t, all(C0));
        var cos = t.mul(t).fma(cosTail, t.fma(all(-0.5f), all(1f)));
        var odd = k.lanewise(VectorOperators.AND, 1).compare(VectorOperators.NE, 0);
        var sign = k.lanewise(VectorOperators.LSHL, 30).lanewise(VectorOperators.AND, Integer.MIN_VALUE);
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
        return r.blend(r.sub(1f), r.compare(VectorOperators.GT, x));
    }

    static FloatVector ceil(FloatVector x) {
        return floor(x.neg()).neg();
    }

    /// Replaces what is below `low`, then what is above `high`; NaN stays.
    static FloatVector clip(FloatVector x, float low, float high) {
        var y = x.blend(low, x.compare(VectorOperators.LT, low));
        return y.blend(high, y.compare(VectorOperators.GT, high));
    }

    static FloatVector relu(FloatVector x) {
        return x.blend(0f, x.compare(VectorOperators.LT, 0f));
    }

    static FloatVector leakyRelu(FloatVector x, FloatVector slope) {
        return x.blend(x.mul(slope), x.compare(VectorOperators.LT, 0f));
    }

    static FloatVector elu(FloatVector x, float alpha) {
        var bounded = x.blend(EXPM1_LOWEST, x.compare(VectorOperators.LT, EXPM1_LOWEST));
        bounded = bounded.blend(0f, x.compare(VectorOperators.GT, 0f));
        return x.blend(expm1(bounded).mul(alpha), x.compare(VectorOperators.LT, 0f));
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
        var z = exp(x.abs().neg());
        var u = z.add(1f);
        // What rounding u lost, to first order.
        var lost = z.sub(u.sub(1f)).div(u);
        return relu(x).add(log(u).add(lost));
    }

    static FloatVector mish(FloatVector x) {
        // tanh(log(1 + e)) with e = exp(x) is w / (w + 2) with w = e (e + 2).
        var e = exp(x.blend(MISH_LINEAR, x.compare(VectorOperators.GT, MISH_LINEAR)));
        var w = e.mul(e.add(2f));
        return x.mul(w.div(w.add(2f)));
    }

    static FloatVector gelu(FloatVector x) {
        return x.mul(0.5f).mul(erf(x.mul(SQRT_HALF)).add(1f));
    }

    static FloatVector geluTanh(FloatVector x) {
        var cubic = x.mul(x).mul(x).fma(all(GELU_CUBIC), x);
        return x.mul(0.5f).mul(tanh(cubic.mul(GELU_SCALE)).add(1f));
    }

    /// The magnitude of the first with the sign of the second; the first must not be negative.
    private static FloatVector withSign(FloatVector magnitude, FloatVector sign) {
        var bit = sign.reinterpretAsInts().lanewise(VectorOperators.AND, Integer.MIN_VALUE);
        return magnitude.reinterpretAsInts().lanewise(VectorOperators.OR, bit).reinterpretAsFloats();
    }
}
