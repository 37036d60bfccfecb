package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.UnaryFunction;

/// What the functions are, in double precision and as directly as possible.
public final class PlainDefinitions {
    private PlainDefinitions() {}

    /// The unary functions.
    public static double unary(UnaryFunction function, double x, double alpha, double beta) {
        return switch (function) {
            case ABS -> Math.abs(x);
            case NEG -> -x;
            case SQUARE -> x * x;
            case SQRT -> Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case ERF -> erf(x);
            case TANH -> Math.tanh(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            case RELU -> Math.max(0, x);
            case LEAKY_RELU -> x < 0 ? alpha * x : x;
            case ELU -> x < 0 ? alpha * Math.expm1(x) : x;
            case HARD_SIGMOID -> Math.max(0, Math.min(1, alpha * x + beta));
            case HARD_SWISH -> x * Math.max(0, Math.min(1, x / 6 + 0.5));
            case SWISH -> x / (1 + Math.exp(-alpha * x));
            case SOFTPLUS -> softplus(x);
            case MISH -> x * Math.tanh(softplus(x));
            case GELU -> x / 2 * (1 + erf(x / Math.sqrt(2)));
            case GELU_TANH -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case CLIP -> Math.min(Math.max(x, alpha), beta);
            case AFFINE -> alpha * x + beta;
        };
    }

    /// The binary functions.
    public static double binary(BinaryFunction function, double x, double y) {
        return switch (function) {
            case ADD -> x + y;
            case SUB -> x - y;
            case RSUB -> y - x;
            case MUL -> x * y;
            case DIV -> x / y;
            case RDIV -> y / x;
            case MIN -> Math.min(x, y);
            case MAX -> Math.max(x, y);
            case POW -> Math.pow(x, y);
            case PRELU -> x < 0 ? x * y : x;
        };
    }

    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /// By its power series near 0, else one minus the continued fraction of its complement.
    static double erf(double x) {
        if (Double.isNaN(x)) {
            return x;
        }
        var a = Math.abs(x);
        return Math.copySign(a < 2.5 ? series(a) : a > 6 ? 1 : 1 - complement(a), x);
    }

    private static double series(double a) {
        var term = a;
        var sum = a;
        for (int k = 1; k < 80; k++) {
            term *= -a * a / k;
            sum += term / (2 * k + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    private static double complement(double a) {
        var tail = a;
        for (int k = 80; k >= 1; k--) {
            tail = a + k / 2.0 / tail;
        }
        return Math.exp(-a * a) / Math.sqrt(Math.PI) / tail;
    }
}
