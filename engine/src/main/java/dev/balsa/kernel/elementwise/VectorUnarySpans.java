package dev.balsa.kernel.elementwise;

import static dev.balsa.kernel.elementwise.VectorSpans.LANES;
import static dev.balsa.kernel.elementwise.VectorSpans.load;
import static dev.balsa.kernel.elementwise.VectorSpans.store;
import static dev.balsa.kernel.elementwise.VectorSpans.tail;

import dev.balsa.kernel.UnaryFunction;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorOperators;

/// A loop per [UnaryFunction] on vectors.
///
/// One loop each and not one loop with the function as a parameter: the compiler keeps vectors in registers only where
/// it sees the whole body. Elements left over at the end go through the same code under a mask, in the same method only
/// where that code is short: the compiler stops inlining in a method that has grown too large.
final class VectorUnarySpans {
    private VectorUnarySpans() {}

    /// As [FloatSpans#unary].
    static void apply(
            UnaryFunction function,
            float alpha,
            float beta,
            MemorySegment s,
            long so,
            MemorySegment t,
            long to,
            int n) {
        switch (function) {
            case ABS -> abs(s, so, t, to, n);
            case NEG -> neg(s, so, t, to, n);
            case SQRT -> sqrt(s, so, t, to, n);
            case RECIPROCAL -> reciprocal(s, so, t, to, n);
            case FLOOR -> floor(s, so, t, to, n);
            case CEIL -> ceil(s, so, t, to, n);
            case ROUND -> round(s, so, t, to, n);
            case RELU -> relu(s, so, t, to, n);
            case LEAKY_RELU -> leakyRelu(s, so, t, to, n, alpha);
            case HARD_SIGMOID -> hardSigmoid(s, so, t, to, n, alpha, beta);
            case HARD_SWISH -> hardSwish(s, so, t, to, n);
            case CLIP -> clip(s, so, t, to, n, alpha, beta);
            case AFFINE -> affine(s, so, t, to, n, alpha, beta);
            default -> longOnes(function, alpha, s, so, t, to, n);
        }
    }

    /// The functions of many operations: their loops leave the last elements to [VectorUnaryTails].
    private static void longOnes(
            UnaryFunction function, float alpha, MemorySegment s, long so, MemorySegment t, long to, int n) {
        var whole = n & -LANES;
        if (whole > 0) {
            whole(function, alpha, s, so, t, to, whole);
        }
        if (whole < n) {
            var at = (long) whole << 2;
            VectorUnaryTails.apply(function, alpha, s, so + at, t, to + at, n - whole);
        }
    }

    private static void whole(
            UnaryFunction function, float alpha, MemorySegment s, long so, MemorySegment t, long to, int n) {
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

    private static void abs(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(x.abs(), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(x.abs(), t, to, i, mask);
        }
    }

    private static void neg(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(x.neg(), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(x.neg(), t, to, i, mask);
        }
    }

    private static void sqrt(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(x.sqrt(), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(x.sqrt(), t, to, i, mask);
        }
    }

    private static void reciprocal(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.all(1f).div(x), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(VectorMath.all(1f).div(x), t, to, i, mask);
        }
    }

    private static void exp(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.exp(x), t, to, i);
        }
    }

    private static void log(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.log(x), t, to, i);
        }
    }

    private static void erf(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.erf(x), t, to, i);
        }
    }

    private static void tanh(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.tanh(x), t, to, i);
        }
    }

    private static void sigmoid(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.sigmoid(x), t, to, i);
        }
    }

    private static void sin(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            var y = VectorMath.sine(x, 0);
            var far = x.abs().compare(VectorOperators.GT, Coefficients.TRIGONOMETRIC_LIMIT);
            if (far.anyTrue()) {
                store(y, t, to, i, far.not());
                farSine(s, so, t, to, i, LANES, 0);
            } else {
                store(y, t, to, i);
            }
        }
    }

    private static void cos(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            var y = VectorMath.sine(x, 1);
            var far = x.abs().compare(VectorOperators.GT, Coefficients.TRIGONOMETRIC_LIMIT);
            if (far.anyTrue()) {
                store(y, t, to, i, far.not());
                farSine(s, so, t, to, i, LANES, 1);
            } else {
                store(y, t, to, i);
            }
        }
    }

    private static void floor(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.floor(x), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(VectorMath.floor(x), t, to, i, mask);
        }
    }

    private static void ceil(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.ceil(x), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(VectorMath.ceil(x), t, to, i, mask);
        }
    }

    private static void round(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.round(x), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(VectorMath.round(x), t, to, i, mask);
        }
    }

    private static void relu(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.relu(x), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(VectorMath.relu(x), t, to, i, mask);
        }
    }

    private static void leakyRelu(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.leakyRelu(x, VectorMath.all(alpha)), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(VectorMath.leakyRelu(x, VectorMath.all(alpha)), t, to, i, mask);
        }
    }

    private static void elu(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.elu(x, alpha), t, to, i);
        }
    }

    private static void hardSigmoid(
            MemorySegment s, long so, MemorySegment t, long to, int n, float alpha, float beta) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.hardSigmoid(x, alpha, beta), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(VectorMath.hardSigmoid(x, alpha, beta), t, to, i, mask);
        }
    }

    private static void hardSwish(MemorySegment s, long so, MemorySegment t, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.hardSwish(x), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(VectorMath.hardSwish(x), t, to, i, mask);
        }
    }

    private static void swish(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.swish(x, alpha), t, to, i);
        }
    }

    private static void softplus(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.softplus(x), t, to, i);
        }
    }

    private static void mish(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.mish(x), t, to, i);
        }
    }

    private static void gelu(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.gelu(x), t, to, i);
        }
    }

    private static void geluTanh(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.geluTanh(x), t, to, i);
        }
    }

    private static void clip(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha, float beta) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(VectorMath.clip(x, alpha, beta), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(VectorMath.clip(x, alpha, beta), t, to, i, mask);
        }
    }

    private static void affine(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha, float beta) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            var x = load(s, so, i);
            store(x.fma(VectorMath.all(alpha), VectorMath.all(beta)), t, to, i);
        }
        if (i < n) {
            var mask = tail(n - i);
            var x = load(s, so, i, mask);
            store(x.fma(VectorMath.all(alpha), VectorMath.all(beta)), t, to, i, mask);
        }
    }

    /// Does the elements that the vector reduction is not good for. Where source and target are the same, the
    /// others have been replaced by something within the limit and are left alone as well.
    static void farSine(MemorySegment s, long so, MemorySegment t, long to, int from, int n, int quadrant) {
        for (int i = from; i < from + n; i++) {
            float x = PlainSpans.get(s, so, i);
            if (Math.abs(x) > Coefficients.TRIGONOMETRIC_LIMIT) {
                PlainSpans.set((float) (quadrant == 0 ? Math.sin(x) : Math.cos(x)), t, to, i);
            }
        }
    }
}
