package dev.balsa.kernel.code;

import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.code.Lanes.Comparison;
import dev.balsa.kernel.elementwise.Coefficients;
import java.util.List;

/// Writes functions of floats, lane by lane: the formulas of `VectorMath`, with the same [Coefficients]. Some use a
/// little
/// of the stack.
///
/// NaN stays NaN. Errors are those of the portable functions: at most 2 ulp where no other bound is stated. Sigmoids
/// below the normal range are 0. With AVX-512, 1 / (1 + exp(-x)) and x / (1 + exp(-x)) are off by up to 6 ulp, and for
/// x below -86.5 about 2.7e-38 and -2e-36; rough ones ([Stage.Unary]) are off by up to 2^-12 of themselves, a sixteenth
/// of what rounding to bfloat16 numbers changes.
public final class FunctionCode {
    /// How many registers beside x the hungriest function overwrites.
    public static final int MOST_TEMPORARIES = 6;

    /// How many [#expOfNegative] overwrites.
    public static final int EXP_TEMPORARIES = 4;

    private static final int FEW_TEMPORARIES = 2;
    private static final int SIGN = Integer.MIN_VALUE;
    /// What a number becomes by its kind: itself if it is positive, a quiet NaN if it is none, and else 0 (Intel SDM,
    /// volume 2, *VFIXUPIMMPS*).
    private static final int POSITIVES = 0x1818_1822;
    private static final int MANTISSA_BITS = 23;
    private static final int EXPONENT_BIAS = 127;
    private static final int ONE_BITS = Float.floatToRawIntBits(1f);

    private static final List<Float> EXP =
            List.of(Coefficients.E0, Coefficients.E1, Coefficients.E2, Coefficients.E3, Coefficients.E4);
    private static final List<Float> LOG = List.of(
            Coefficients.L0,
            Coefficients.L1,
            Coefficients.L2,
            Coefficients.L3,
            Coefficients.L4,
            Coefficients.L5,
            Coefficients.L6,
            Coefficients.L7);
    private static final List<Float> LOG_OF_SUM = List.of(
            Coefficients.N0,
            Coefficients.N1,
            Coefficients.N2,
            Coefficients.N3,
            Coefficients.N4,
            Coefficients.N5,
            Coefficients.N6,
            Coefficients.N7,
            Coefficients.N8);
    private static final List<Float> ERF_INNER = List.of(
            Coefficients.P0, Coefficients.P1, Coefficients.P2, Coefficients.P3, Coefficients.P4, Coefficients.P5);
    private static final List<Float> ERF_OUTER = List.of(
            Coefficients.Q0,
            Coefficients.Q1,
            Coefficients.Q2,
            Coefficients.Q3,
            Coefficients.Q4,
            Coefficients.Q5,
            Coefficients.Q6);
    private static final List<Float> GELU = List.of(
            Coefficients.G0,
            Coefficients.G1,
            Coefficients.G2,
            Coefficients.G3,
            Coefficients.G4,
            Coefficients.G5,
            Coefficients.G6,
            Coefficients.G7,
            Coefficients.G8,
            Coefficients.G9,
            Coefficients.G10);

    private final Lanes lanes;
    private final List<Vec> free;

    private FunctionCode(Lanes lanes, List<Vec> free) {
        this.lanes = lanes;
        this.free = free;
    }

    /// How many registers beside x are overwritten.
    static int temporaries(Stage.Unary stage) {
        return isRough(stage) ? LogisticCode.ROUGH_TEMPORARIES : temporaries(stage.function());
    }

    /// Whether there is code of its own for a rough function; only with AVX-512.
    private static boolean isRough(Stage.Unary stage) {
        return stage.isRough()
                && (stage.function() == UnaryFunction.SIGMOID
                        || stage.function() == UnaryFunction.SWISH && stage.alpha() == 1);
    }

    /// How many registers beside x are overwritten.
    public static int temporaries(UnaryFunction function) {
        return switch (function) {
            case ABS,
                    NEG,
                    SQUARE,
                    SQRT,
                    RECIPROCAL,
                    FLOOR,
                    CEIL,
                    ROUND,
                    RELU,
                    LEAKY_RELU,
                    CLIP,
                    AFFINE,
                    HARD_SIGMOID,
                    HARD_SWISH -> FEW_TEMPORARIES;
            case EXP, SIGMOID, SWISH -> EXP_TEMPORARIES;
            default -> MOST_TEMPORARIES;
        };
    }

    /// Whether the code of a function uses neither branches nor mask registers, on any unit.
    static boolean isPlain(UnaryFunction function) {
        return switch (function) {
            case ABS,
                    NEG,
                    SQUARE,
                    SQRT,
                    RECIPROCAL,
                    FLOOR,
                    CEIL,
                    ROUND,
                    RELU,
                    CLIP,
                    AFFINE,
                    HARD_SIGMOID,
                    HARD_SWISH,
                    EXP,
                    TANH,
                    SIGMOID,
                    SWISH,
                    GELU_TANH -> true;
            case LEAKY_RELU, LOG, ERF, ELU, SOFTPLUS, MISH, GELU, SIN, COS -> false;
        };
    }

    /// Writes x = function(x).
    ///
    /// @param free at least [#temporaries] registers that are overwritten
    public static void write(Lanes lanes, UnaryFunction function, float alpha, float beta, Vec x, List<Vec> free) {
        new FunctionCode(lanes, free).write(function, alpha, beta, x);
    }

    /// Writes x = the function of x that a stage says.
    ///
    /// @param free at least [#temporaries] registers that are overwritten
    static void write(Lanes lanes, Stage.Unary stage, Vec x, List<Vec> free) {
        if (isRough(stage)) {
            new LogisticCode(lanes, x, free).writeRough(stage.function() == UnaryFunction.SWISH);
        } else {
            write(lanes, stage.function(), stage.alpha(), stage.beta(), x, free);
        }
    }

    /// Writes x = exp(x) for x up to 0; results below the normal range are 0. Relative error as that of
    /// [UnaryFunction#EXP], in fewer instructions.
    ///
    /// @param free at least [#EXP_TEMPORARIES] registers that are overwritten
    public static void expOfNegative(Lanes lanes, Vec x, List<Vec> free) {
        new FunctionCode(lanes, free).expOfNegative(x);
    }

    private Vec free(int index) {
        return free.get(index);
    }

    private void write(UnaryFunction function, float alpha, float beta, Vec x) {
        switch (function) {
            case ABS -> absolute(x, x);
            case NEG -> lanes.xor(x, x, lanes.bits(SIGN));
            case SQUARE -> lanes.multiply(x, x, x);
            case SQRT -> lanes.sqrt(x, x);
            case RECIPROCAL -> {
                lanes.load(free(0), lanes.all(1));
                lanes.divide(x, free(0), x);
            }
            case FLOOR -> lanes.floor(x, x);
            case CEIL -> lanes.ceil(x, x);
            case ROUND -> lanes.round(x, x);
            case RELU -> relu(x);
            case LEAKY_RELU -> leakyRelu(alpha, x);
            case CLIP -> clip(alpha, beta, x);
            case AFFINE -> {
                lanes.load(free(0), lanes.all(alpha));
                lanes.scale(x, free(0), lanes.all(beta));
            }
            case HARD_SIGMOID -> {
                write(UnaryFunction.AFFINE, alpha, beta, x);
                clip(0, 1, x);
            }
            case HARD_SWISH -> {
                lanes.move(free(1), x);
                write(UnaryFunction.HARD_SIGMOID, 1f / 6, 0.5f, x);
                lanes.multiply(x, x, free(1));
            }
            case EXP -> exp(x);
            case LOG -> log(x);
            case TANH -> tanh(x);
            case SIGMOID -> sigmoid(x);
            case ERF -> erf(x);
            case ELU -> elu(alpha, x);
            case SWISH -> swish(alpha, x);
            case SOFTPLUS -> softplus(x);
            case MISH -> mish(x);
            case GELU -> gelu(x);
            case GELU_TANH -> geluTanh(x);
            case SIN -> new TrigonometricCode(lanes, x, free).write(0);
            case COS -> new TrigonometricCode(lanes, x, free).write(1);
        }
    }

    private void absolute(Vec d, Vec x) {
        lanes.and(d, x, lanes.bits(~SIGN));
    }

    private void leakyRelu(float slope, Vec x) {
        lanes.zero(free(0));
        lanes.multiply(free(1), x, lanes.all(slope));
        lanes.select(x, x, Comparison.LESS, free(0), free(1), x, free(0));
    }

    /// A negative zero becomes a positive one, as in the definition.
    private void relu(Vec x) {
        if (lanes.unit().hasMasks()) {
            lanes.mend(x, lanes.bits(POSITIVES));
        } else {
            lanes.zero(free(0));
            lanes.max(x, free(0), x);
            lanes.add(x, x, free(0));
        }
    }

    private void clip(float low, float high, Vec x) {
        if (low == 0) {
            relu(x);
        } else if (low != Float.NEGATIVE_INFINITY) {
            lanes.load(free(0), lanes.all(low));
            lanes.max(x, free(0), x);
        }
        if (high != Float.POSITIVE_INFINITY) {
            lanes.load(free(0), lanes.all(high));
            lanes.min(x, free(0), x);
        }
    }

    /// free(0) = x log2(e) plus the rounder, free(2) = what is left of x, free(1) = (exp(r) - 1 - r) / r^2.
    private void reduce(Vec x) {
        lanes.load(free(0), lanes.all(Coefficients.ROUNDER));
        lanes.accumulate(free(0), x, lanes.all(Coefficients.LOG2_E));
        lanes.subtract(free(1), free(0), lanes.all(Coefficients.ROUNDER));
        lanes.move(free(2), x);
        lanes.accumulate(free(2), free(1), lanes.all(-Coefficients.LN2_HIGH));
        lanes.accumulate(free(2), free(1), lanes.all(-Coefficients.LN2_LOW));
        lanes.polynomial(free(1), free(2), EXP);
    }

    /// d = exp(r) - 1 after [#reduce].
    private void expOfRest(Vec d) {
        lanes.multiply(d, free(2), free(2));
        lanes.scale(d, free(1), free(2));
    }

    private void exp(Vec x) {
        // Bounds at which the result has become infinity or 0.
        clip(Coefficients.EXP_LOWEST, Coefficients.EXP_HIGHEST, x);
        reduce(x);
        expOfRest(x);
        lanes.add(x, x, lanes.all(1));
        // Two factors, since 2^k may lie outside of the normal range where exp(x) does not.
        lanes.subtractIntegers(free(0), free(0), lanes.bits(Coefficients.ROUNDER_BITS));
        lanes.shiftRight(free(1), free(0), 1);
        lanes.subtractIntegers(free(0), free(0), free(1));
        powerOfTwo(free(0));
        powerOfTwo(free(1));
        lanes.multiply(x, x, free(0));
        lanes.multiply(x, x, free(1));
    }

    private void powerOfTwo(Vec k) {
        lanes.addIntegers(k, k, lanes.bits(EXPONENT_BIAS));
        lanes.shiftLeft(k, k, MANTISSA_BITS);
    }

    /// Two to the power of the integer that a float plus the rounder holds; shifting drops the rounder's own bits.
    private void powerOfTwoOf(Vec shifted) {
        lanes.shiftLeft(shifted, shifted, MANTISSA_BITS);
        lanes.addIntegers(shifted, shifted, lanes.bits(ONE_BITS));
    }

    private void expOfNegative(Vec x) {
        lanes.move(free(3), x);
        reduce(x);
        expOfRest(x);
        lanes.add(x, x, lanes.all(1));
        powerOfTwoOf(free(0));
        lanes.multiply(x, x, free(0));
        lanes.zero(free(1));
        lanes.select(x, free(3), Comparison.LESS, lanes.all(Coefficients.EXP_NORMAL), free(1), x, free(0));
    }

    /// x = exp(x) - 1 for x within 40 of 0.
    private void expm1(Vec x) {
        reduce(x);
        expOfRest(x);
        powerOfTwoOf(free(0));
        lanes.subtract(free(1), free(0), lanes.all(1));
        lanes.scale(x, free(0), free(1));
    }

    private void log(Vec x) {
        var small = free(5);
        // 1 where x is below the normal range, as a number of steps of 2^23.
        lanes.zero(small);
        lanes.load(free(0), lanes.all(MANTISSA_BITS));
        lanes.select(small, x, Comparison.LESS, lanes.all(Float.MIN_NORMAL), free(0), small, free(1));
        lanes.multiply(free(0), x, lanes.all(Coefficients.SUBNORMAL_SCALE));
        lanes.select(free(0), x, Comparison.LESS, lanes.all(Float.MIN_NORMAL), free(0), x, free(1));
        lanes.subtractIntegers(free(1), free(0), lanes.bits(Coefficients.SQRT_HALF_BITS));
        lanes.shiftRight(free(1), free(1), MANTISSA_BITS);
        lanes.shiftLeft(free(2), free(1), MANTISSA_BITS);
        lanes.subtractIntegers(free(0), free(0), free(2));
        var f = free(0);
        lanes.subtract(f, f, lanes.all(1));
        // k is a small integer: the rounder's low bits hold it.
        var n = free(1);
        lanes.addIntegers(n, n, lanes.bits(Coefficients.ROUNDER_BITS));
        lanes.subtract(n, n, lanes.all(Coefficients.ROUNDER));
        lanes.subtract(n, n, small);
        logSum(n, f);
        special(x, free(2));
    }

    /// free(2) = n log(2) + log(1 + f); overwrites free(3) and free(4).
    private void logSum(Vec n, Vec f) {
        var sum = free(2);
        var square = free(3);
        var tail = free(4);
        lanes.multiply(square, f, f);
        lanes.polynomial(tail, f, LOG);
        lanes.multiply(sum, square, f);
        lanes.multiply(sum, sum, tail);
        lanes.accumulate(sum, n, lanes.all(Coefficients.LN2_LOW));
        lanes.accumulate(sum, square, lanes.all(-0.5f));
        lanes.add(sum, sum, f);
        lanes.accumulate(sum, n, lanes.all(Coefficients.LN2_HIGH));
    }

    /// x = the logarithm where x is a positive number, and what it is elsewhere.
    private void special(Vec x, Vec logarithm) {
        lanes.load(free(0), lanes.all(Float.POSITIVE_INFINITY));
        // Infinity and NaN are their own logarithms.
        lanes.select(free(3), x, Comparison.LESS, free(0), logarithm, x, free(4));
        lanes.zero(free(1));
        lanes.load(free(0), lanes.all(Float.NEGATIVE_INFINITY));
        lanes.select(free(3), x, Comparison.EQUAL, free(1), free(0), free(3), free(4));
        lanes.load(free(0), lanes.all(Float.NaN));
        lanes.select(x, x, Comparison.LESS, free(1), free(0), free(3), free(4));
    }

    private void tanh(Vec x) {
        lanes.move(free(4), x);
        boundedMagnitude(x, x, Coefficients.TANH_ONE);
        lanes.add(x, x, x);
        expm1(x);
        lanes.add(free(0), x, lanes.all(2));
        lanes.divide(x, x, free(0));
        withSign(x, free(4));
    }

    /// d = the lesser of |x| and a bound; overwrites free(0).
    private void boundedMagnitude(Vec d, Vec x, float bound) {
        absolute(d, x);
        lanes.load(free(0), lanes.all(bound));
        lanes.min(d, free(0), d);
    }

    /// x = x with the sign of `sign`; x must not be negative.
    private void withSign(Vec x, Vec sign) {
        lanes.and(sign, sign, lanes.bits(SIGN));
        lanes.or(x, x, sign);
    }

    /// x = 1 + exp(-x), infinite where the exponential exceeds half of the largest float.
    private void onePlusExpOfMinus(Vec x) {
        lanes.xor(x, x, lanes.bits(SIGN));
        // Below the one bound the exponential is nothing beside 1; at the other its exponent is that of infinity.
        clip(Coefficients.EXP_NORMAL, Coefficients.EXP_HIGHEST, x);
        reduce(x);
        expOfRest(x);
        lanes.add(x, x, lanes.all(1));
        powerOfTwoOf(free(0));
        lanes.scale(x, free(0), lanes.all(1));
    }

    private void sigmoid(Vec x) {
        if (lanes.unit().hasMasks()) {
            new LogisticCode(lanes, x, free).write(false);
            return;
        }
        onePlusExpOfMinus(x);
        lanes.load(free(0), lanes.all(1));
        lanes.divide(x, free(0), x);
    }

    private void swish(float alpha, Vec x) {
        if (alpha == 1 && lanes.unit().hasMasks()) {
            new LogisticCode(lanes, x, free).write(true);
            return;
        }
        lanes.move(free(3), x);
        if (alpha != 1) {
            lanes.multiply(x, x, lanes.all(alpha));
        }
        onePlusExpOfMinus(x);
        lanes.divide(x, free(3), x);
    }

    private void erf(Vec x) {
        var original = free(4);
        var inner = free(5);
        lanes.move(original, x);
        lanes.multiply(free(0), x, x);
        lanes.polynomial(inner, free(0), ERF_INNER);
        lanes.scale(inner, x, x);
        boundedMagnitude(free(1), x, Coefficients.ERF_ONE);
        lanes.polynomial(x, free(1), ERF_OUTER);
        expm1(x);
        lanes.xor(x, x, lanes.bits(SIGN));
        absolute(free(1), original);
        withSign(x, original);
        lanes.select(x, free(1), Comparison.LESS, lanes.all(Coefficients.ERF_SPLIT), inner, x, free(0));
    }

    private void elu(float alpha, Vec x) {
        lanes.move(free(4), x);
        clip(Coefficients.EXPM1_LOWEST, 0, x);
        expm1(x);
        lanes.multiply(x, x, lanes.all(alpha));
        lanes.zero(free(1));
        lanes.select(x, free(4), Comparison.LESS, free(1), x, free(4), free(0));
    }

    private void softplus(Vec x) {
        lanes.move(free(4), x);
        lanes.or(x, x, lanes.bits(SIGN));
        expOfNegative(x);
        lanes.polynomial(free(0), x, LOG_OF_SUM);
        lanes.multiply(free(1), x, x);
        lanes.scale(free(1), free(0), x);
        lanes.zero(free(0));
        lanes.max(x, free(0), free(4));
        lanes.add(x, x, free(1));
    }

    private void mish(Vec x) {
        // tanh(log(1 + e)) with e = exp(x) is w / (w + 2) with w = e (e + 2).
        lanes.move(free(4), x);
        clip(Float.NEGATIVE_INFINITY, Coefficients.MISH_LINEAR, x);
        exp(x);
        lanes.add(free(0), x, lanes.all(2));
        lanes.multiply(x, x, free(0));
        lanes.add(free(0), x, lanes.all(2));
        lanes.divide(x, x, free(0));
        lanes.multiply(x, x, free(4));
    }

    private void gelu(Vec x) {
        // max(x, 0) - |x|/2 (1 - erf(|x| / sqrt(2))): no cancellation on either side.
        var original = free(4);
        var a = free(5);
        lanes.move(original, x);
        boundedMagnitude(a, x, Coefficients.GELU_LIMIT);
        lanes.multiply(free(0), a, lanes.all(Coefficients.SQRT_HALF));
        lanes.polynomial(x, free(0), GELU);
        lanes.multiply(x, x, free(0));
        expOfNegative(x);
        lanes.multiply(a, a, lanes.all(0.5f));
        lanes.multiply(a, a, x);
        lanes.zero(free(0));
        lanes.max(x, free(0), original);
        lanes.subtract(x, x, a);
    }

    private void geluTanh(Vec x) {
        lanes.move(free(5), x);
        lanes.multiply(free(0), x, x);
        lanes.multiply(free(0), free(0), x);
        lanes.accumulate(x, free(0), lanes.all(Coefficients.GELU_CUBIC));
        lanes.multiply(x, x, lanes.all(Coefficients.GELU_SCALE));
        tanh(x);
        lanes.add(x, x, lanes.all(1));
        lanes.multiply(free(5), free(5), lanes.all(0.5f));
        lanes.multiply(x, x, free(5));
    }
}
