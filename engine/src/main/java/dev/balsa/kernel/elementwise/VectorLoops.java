package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.UnaryFunction;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Every function on vectors, and its loops, made when they are first asked for.
public final class VectorLoops {
    private static final Map<UnaryFunction, UnaryLoop> UNARY = new ConcurrentHashMap<>();
    private static final Map<BinaryFunction, BinaryLoop> BINARY = new ConcurrentHashMap<>();

    private VectorLoops() {}

    /// A loop for a function of the caller's.
    public static UnaryLoop unary(VectorUnary function) {
        return LoopTemplate.of(UnaryLoop.class, VectorUnaryLoop.class, function);
    }

    /// The loop of a function.
    static UnaryLoop of(UnaryFunction function) {
        return UNARY.computeIfAbsent(function, f -> unary(function(f)));
    }

    /// The loops of a function.
    static BinaryLoop of(BinaryFunction function) {
        return BINARY.computeIfAbsent(function, f -> f == BinaryFunction.POW ? new PowerLoop() : binary(function(f)));
    }

    private static BinaryLoop binary(VectorBinary function) {
        return LoopTemplate.of(BinaryLoop.class, VectorBinaryLoop.class, function);
    }

    /// Powers one by one, but for squares.
    private static final class PowerLoop implements BinaryLoop {
        private final BinaryLoop product = binary(function(BinaryFunction.MUL));

        @Override
        public void apply(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
            PlainBinarySpans.pow(s, so, u, uo, t, to, n);
        }

        @Override
        public void apply(MemorySegment s, long so, float exponent, MemorySegment t, long to, int n) {
            if (exponent == 2f) {
                product.apply(s, so, s, so, t, to, n);
            } else {
                PlainBinarySpans.pow(s, so, exponent, t, to, n);
            }
        }
    }

    private static VectorUnary function(UnaryFunction function) {
        return switch (function) {
            case ABS -> (x, _, _) -> x.abs();
            case NEG -> (x, _, _) -> x.neg();
            case SQUARE -> (x, _, _) -> x.mul(x);
            case SQRT -> (x, _, _) -> x.sqrt();
            case RECIPROCAL -> (x, _, _) -> VectorCoefficients.ONE.div(x);
            case EXP -> (x, _, _) -> VectorMath.exp(x);
            case LOG -> (x, _, _) -> VectorMath.log(x);
            case ERF -> (x, _, _) -> VectorMath.erf(x);
            case TANH -> (x, _, _) -> VectorMath.tanh(x);
            case SIGMOID -> (x, _, _) -> VectorMath.sigmoid(x);
            case SIN -> (x, _, _) -> sine(x, 0);
            case COS -> (x, _, _) -> sine(x, 1);
            case FLOOR -> (x, _, _) -> VectorMath.floor(x);
            case CEIL -> (x, _, _) -> VectorMath.ceil(x);
            case ROUND -> (x, _, _) -> VectorMath.round(x);
            case RELU -> (x, _, _) -> VectorMath.relu(x);
            case LEAKY_RELU -> (x, slope, _) -> VectorMath.leakyRelu(x, VectorMath.all(slope));
            case ELU -> (x, alpha, _) -> VectorMath.elu(x, alpha);
            case HARD_SIGMOID -> VectorMath::hardSigmoid;
            case HARD_SWISH -> (x, _, _) -> VectorMath.hardSwish(x);
            case SWISH -> (x, alpha, _) -> VectorMath.swish(x, alpha);
            case SOFTPLUS -> (x, _, _) -> VectorMath.softplus(x);
            case MISH -> (x, _, _) -> VectorMath.mish(x);
            case GELU -> (x, _, _) -> VectorMath.gelu(x);
            case GELU_TANH -> (x, _, _) -> VectorMath.geluTanh(x);
            case CLIP -> VectorMath::clip;
            case AFFINE -> (x, alpha, beta) -> x.fma(VectorMath.all(alpha), VectorMath.all(beta));
        };
    }

    private static VectorBinary function(BinaryFunction function) {
        return switch (function) {
            case ADD -> (x, y) -> x.add(y);
            case SUB -> (x, y) -> x.sub(y);
            case RSUB -> (x, y) -> y.sub(x);
            case MUL -> (x, y) -> x.mul(y);
            case DIV -> (x, y) -> x.div(y);
            case RDIV -> (x, y) -> y.div(x);
            case MIN -> (x, y) -> x.min(y);
            case MAX -> (x, y) -> x.max(y);
            case POW -> throw new IllegalArgumentException("no vectors of powers");
            case PRELU -> VectorMath::leakyRelu;
        };
    }

    private static FloatVector sine(FloatVector x, int quadrant) {
        var y = VectorMath.sine(x, quadrant);
        var far = x.abs().compare(VectorOperators.GT, Coefficients.TRIGONOMETRIC_LIMIT);
        return far.anyTrue() ? farSine(x, y, quadrant) : y;
    }

    /// Does the lanes that the vector reduction is not good for.
    private static FloatVector farSine(FloatVector x, FloatVector y, int quadrant) {
        var from = x.toArray();
        var to = y.toArray();
        for (int i = 0; i < from.length; i++) {
            if (Math.abs(from[i]) > Coefficients.TRIGONOMETRIC_LIMIT) {
                to[i] = (float) (quadrant == 0 ? Math.sin(from[i]) : Math.cos(from[i]));
            }
        }
        return FloatVector.fromArray(VectorMath.SPECIES, to, 0);
    }
}
