package dev.balsa.kernel.elementwise;

import static dev.balsa.kernel.elementwise.PlainSpans.get;
import static dev.balsa.kernel.elementwise.PlainSpans.set;

import dev.balsa.kernel.UnaryFunction;
import java.lang.foreign.MemorySegment;

/// A loop per [UnaryFunction] on single floats, simple enough for the compiler to vectorise where it can.
final class PlainUnarySpans {
    private PlainUnarySpans() {}

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
            case SQUARE -> square(s, so, t, to, n);
            case SQRT -> sqrt(s, so, t, to, n);
            case RECIPROCAL -> reciprocal(s, so, t, to, n);
            case EXP -> exp(s, so, t, to, n);
            case LOG -> log(s, so, t, to, n);
            case ERF -> erf(s, so, t, to, n);
            case TANH -> tanh(s, so, t, to, n);
            case SIGMOID -> sigmoid(s, so, t, to, n);
            case SIN -> sin(s, so, t, to, n);
            case COS -> cos(s, so, t, to, n);
            case FLOOR -> floor(s, so, t, to, n);
            case CEIL -> ceil(s, so, t, to, n);
            case ROUND -> round(s, so, t, to, n);
            case RELU -> relu(s, so, t, to, n);
            case LEAKY_RELU -> leakyRelu(s, so, t, to, n, alpha);
            case ELU -> elu(s, so, t, to, n, alpha);
            case HARD_SIGMOID -> hardSigmoid(s, so, t, to, n, alpha, beta);
            case HARD_SWISH -> hardSwish(s, so, t, to, n);
            case SWISH -> swish(s, so, t, to, n, alpha);
            case SOFTPLUS -> softplus(s, so, t, to, n);
            case MISH -> mish(s, so, t, to, n);
            case GELU -> gelu(s, so, t, to, n);
            case GELU_TANH -> geluTanh(s, so, t, to, n);
            case CLIP -> clip(s, so, t, to, n, alpha, beta);
            case AFFINE -> affine(s, so, t, to, n, alpha, beta);
        }
    }

    private static void abs(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(Math.abs(x), t, to, i);
        }
    }

    private static void square(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(x * x, t, to, i);
        }
    }

    private static void neg(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(-x, t, to, i);
        }
    }

    private static void sqrt(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set((float) Math.sqrt(x), t, to, i);
        }
    }

    private static void reciprocal(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(1f / x, t, to, i);
        }
    }

    private static void exp(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.exp(x), t, to, i);
        }
    }

    private static void log(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.log(x), t, to, i);
        }
    }

    private static void erf(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.erf(x), t, to, i);
        }
    }

    private static void tanh(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.tanh(x), t, to, i);
        }
    }

    private static void sigmoid(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.sigmoid(x), t, to, i);
        }
    }

    private static void sin(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set((float) Math.sin(x), t, to, i);
        }
    }

    private static void cos(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set((float) Math.cos(x), t, to, i);
        }
    }

    private static void floor(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set((float) Math.floor(x), t, to, i);
        }
    }

    private static void ceil(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set((float) Math.ceil(x), t, to, i);
        }
    }

    private static void round(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set((float) Math.rint(x), t, to, i);
        }
    }

    private static void relu(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(x <= 0 ? 0f : x, t, to, i);
        }
    }

    private static void leakyRelu(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(x < 0 ? alpha * x : x, t, to, i);
        }
    }

    private static void elu(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.elu(x, alpha), t, to, i);
        }
    }

    private static void hardSigmoid(
            MemorySegment s, long so, MemorySegment t, long to, int n, float alpha, float beta) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.hardSigmoid(x, alpha, beta), t, to, i);
        }
    }

    private static void hardSwish(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.hardSwish(x), t, to, i);
        }
    }

    private static void swish(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.swish(x, alpha), t, to, i);
        }
    }

    private static void softplus(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.softplus(x), t, to, i);
        }
    }

    private static void mish(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.mish(x), t, to, i);
        }
    }

    private static void gelu(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.gelu(x), t, to, i);
        }
    }

    private static void geluTanh(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.geluTanh(x), t, to, i);
        }
    }

    private static void clip(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha, float beta) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(PlainMath.clip(x, alpha, beta), t, to, i);
        }
    }

    private static void affine(MemorySegment s, long so, MemorySegment t, long to, int n, float alpha, float beta) {
        for (int i = 0; i < n; i++) {
            float x = get(s, so, i);
            set(alpha * x + beta, t, to, i);
        }
    }
}
