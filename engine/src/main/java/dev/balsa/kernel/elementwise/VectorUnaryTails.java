package dev.balsa.kernel.elementwise;

import static dev.balsa.kernel.elementwise.VectorSpans.load;
import static dev.balsa.kernel.elementwise.VectorSpans.store;
import static dev.balsa.kernel.elementwise.VectorSpans.tail;

import dev.balsa.kernel.UnaryFunction;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorOperators;

/// The last elements of spans, fewer than a vector holds, for the functions of many operations in [VectorUnarySpans].
final class VectorUnaryTails {
    private VectorUnaryTails() {}

    static void apply(UnaryFunction function, float alpha, MemorySegment s, long so, MemorySegment t, long to, int n) {
        switch (function) {
            case EXP -> exp(s, so, t, to, n);
            case LOG -> log(s, so, t, to, n);
            case ERF -> erf(s, so, t, to, n);
            case TANH -> tanh(s, so, t, to, n);
            case SIGMOID -> sigmoid(s, so, t, to, n);
            case SIN -> sin(s, so, t, to, n);
            case COS -> cos(s, so, t, to, n);
            case ELU -> elu(s, so, t, to, n, alpha);
            case SWISH -> swish(s, so, t, to, n, alpha);
            case SOFTPLUS -> softplus(s, so, t, to, n);
            case MISH -> mish(s, so, t, to, n);
            case GELU -> gelu(s, so, t, to, n);
            case GELU_TANH -> geluTanh(s, so, t, to, n);
            default -> throw new AssertionError(function);
        }
    }

    private static void exp(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.exp(x), t, to, 0, mask);
    }

    private static void log(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.log(x), t, to, 0, mask);
    }

    private static void erf(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.erf(x), t, to, 0, mask);
    }

    private static void tanh(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.tanh(x), t, to, 0, mask);
    }

    private static void sigmoid(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.sigmoid(x), t, to, 0, mask);
    }

    private static void elu(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.elu(x, alpha), t, to, 0, mask);
    }

    private static void swish(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.swish(x, alpha), t, to, 0, mask);
    }

    private static void softplus(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.softplus(x), t, to, 0, mask);
    }

    private static void mish(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.mish(x), t, to, 0, mask);
    }

    private static void gelu(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.gelu(x), t, to, 0, mask);
    }

    private static void geluTanh(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        store(VectorMath.geluTanh(x), t, to, 0, mask);
    }

    private static void sin(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        var far = x.abs().compare(VectorOperators.GT, Coefficients.TRIGONOMETRIC_LIMIT);
        store(VectorMath.sine(x, 0), t, to, 0, mask.andNot(far));
        if (far.anyTrue()) {
            VectorUnarySpans.farSine(s, so, t, to, 0, n, 0);
        }
    }

    private static void cos(MemorySegment s, long so, MemorySegment t, long to, int n) {
        var mask = tail(n);
        var x = load(s, so, 0, mask);
        var far = x.abs().compare(VectorOperators.GT, Coefficients.TRIGONOMETRIC_LIMIT);
        store(VectorMath.sine(x, 1), t, to, 0, mask.andNot(far));
        if (far.anyTrue()) {
            VectorUnarySpans.farSine(s, so, t, to, 0, n, 1);
        }
    }
}
