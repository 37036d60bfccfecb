package dev.balsa.plan;

import dev.balsa.ir.Op;
import dev.balsa.ir.elementwise.Abs;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Ceil;
import dev.balsa.ir.elementwise.Clip;
import dev.balsa.ir.elementwise.Cos;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Elu;
import dev.balsa.ir.elementwise.Erf;
import dev.balsa.ir.elementwise.Exp;
import dev.balsa.ir.elementwise.Floor;
import dev.balsa.ir.elementwise.Gelu;
import dev.balsa.ir.elementwise.HardSigmoid;
import dev.balsa.ir.elementwise.HardSwish;
import dev.balsa.ir.elementwise.LeakyRelu;
import dev.balsa.ir.elementwise.Log;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Min;
import dev.balsa.ir.elementwise.Mish;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Neg;
import dev.balsa.ir.elementwise.PRelu;
import dev.balsa.ir.elementwise.Pow;
import dev.balsa.ir.elementwise.Reciprocal;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.elementwise.Round;
import dev.balsa.ir.elementwise.Sigmoid;
import dev.balsa.ir.elementwise.Sin;
import dev.balsa.ir.elementwise.Softplus;
import dev.balsa.ir.elementwise.Sqrt;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.elementwise.Sum;
import dev.balsa.ir.elementwise.Swish;
import dev.balsa.ir.elementwise.Tanh;
import dev.balsa.ir.fusion.ChainStep;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/// Which function of the kernels an elementwise operator is.
final class KernelStages {
    /// A function of the kernels, before its operand has a number and a place.
    sealed interface Sketch {
        /// A function of the chain alone.
        record OfOne(UnaryFunction function, float alpha, float beta) implements Sketch {}

        /// A function of the chain and the input `operand` of the fused node ([ChainStep#CHAIN] for the chain
        /// itself).
        record OfTwo(BinaryFunction function, long operand) implements Sketch {}
    }

    private KernelStages() {}

    /// The function that a step of a chain is, if the kernels have it. Types are not looked at: they must be
    /// float32.
    ///
    /// @param constants the tensor of a constant input of the fused node
    static Optional<Sketch> of(ChainStep step, LongFunction<Optional<Tensor>> constants) {
        if (step.op() instanceof Clip) {
            return clip(step.operands(), constants);
        }
        return switch (step.operands().size()) {
            case 1 -> unary(step.op());
            case 2 -> power(step, constants).or(() -> binary(step.op(), step.operands()));
            default -> Optional.empty();
        };
    }

    private static Optional<Sketch> unary(Op op) {
        return switch (op) {
            case Abs _ -> one(UnaryFunction.ABS);
            case Neg _ -> one(UnaryFunction.NEG);
            case Sqrt _ -> one(UnaryFunction.SQRT);
            case Reciprocal _ -> one(UnaryFunction.RECIPROCAL);
            case Exp _ -> one(UnaryFunction.EXP);
            case Log _ -> one(UnaryFunction.LOG);
            case Erf _ -> one(UnaryFunction.ERF);
            case Tanh _ -> one(UnaryFunction.TANH);
            case Sigmoid _ -> one(UnaryFunction.SIGMOID);
            case Sin _ -> one(UnaryFunction.SIN);
            case Cos _ -> one(UnaryFunction.COS);
            case Floor _ -> one(UnaryFunction.FLOOR);
            case Ceil _ -> one(UnaryFunction.CEIL);
            case Round _ -> one(UnaryFunction.ROUND);
            case Relu _ -> one(UnaryFunction.RELU);
            case HardSwish _ -> one(UnaryFunction.HARD_SWISH);
            case Softplus _ -> one(UnaryFunction.SOFTPLUS);
            case Mish _ -> one(UnaryFunction.MISH);
            case LeakyRelu(float alpha) -> one(UnaryFunction.LEAKY_RELU, alpha, 0);
            case Elu(float alpha) -> one(UnaryFunction.ELU, alpha, 0);
            case HardSigmoid(float alpha, float beta) -> one(UnaryFunction.HARD_SIGMOID, alpha, beta);
            case Swish(float alpha) -> one(UnaryFunction.SWISH, alpha, 0);
            case Gelu(boolean tanh) -> one(tanh ? UnaryFunction.GELU_TANH : UnaryFunction.GELU);
            default -> Optional.empty();
        };
    }

    private static Optional<Sketch> binary(Op op, List<Long> operands) {
        boolean chainFirst = operands.get(0) == ChainStep.CHAIN;
        long other = chainFirst ? operands.get(1) : operands.get(0);
        return switch (op) {
            case Add _, Sum _ -> two(BinaryFunction.ADD, other);
            case Sub _ -> two(chainFirst ? BinaryFunction.SUB : BinaryFunction.RSUB, other);
            case Mul _ -> two(BinaryFunction.MUL, other);
            case Div _ -> two(chainFirst ? BinaryFunction.DIV : BinaryFunction.RDIV, other);
            case Min _ -> two(BinaryFunction.MIN, other);
            case Max _ -> two(BinaryFunction.MAX, other);
            case Pow _ -> chainFirst ? two(BinaryFunction.POW, other) : Optional.empty();
            case PRelu _ -> chainFirst ? two(BinaryFunction.PRELU, other) : Optional.empty();
            default -> Optional.empty();
        };
    }

    /// Powers that are easily said otherwise.
    private static Optional<Sketch> power(ChainStep step, LongFunction<Optional<Tensor>> constants) {
        if (!(step.op() instanceof Pow) || step.operands().getFirst() != ChainStep.CHAIN) {
            return Optional.empty();
        }
        boolean squares = constants
                .apply(step.operands().get(1))
                .filter(tensor -> tensor.size() == 1 && tensor.getDouble(0) == 2)
                .isPresent();
        return squares ? one(UnaryFunction.SQUARE) : Optional.empty();
    }

    private static Optional<Sketch> clip(List<Long> operands, LongFunction<Optional<Tensor>> constants) {
        if (operands.getFirst() != ChainStep.CHAIN) {
            return Optional.empty();
        }
        var low = bound(operands, 1, Float.NEGATIVE_INFINITY, constants);
        var high = bound(operands, 2, Float.POSITIVE_INFINITY, constants);
        return low.isPresent() && high.isPresent() ? one(UnaryFunction.CLIP, low.get(), high.get()) : Optional.empty();
    }

    private static Optional<Float> bound(
            List<Long> operands, int index, float none, LongFunction<Optional<Tensor>> constants) {
        if (index >= operands.size() || operands.get(index) == ChainStep.LEFT_OUT) {
            return Optional.of(none);
        }
        return constants
                .apply(operands.get(index))
                .filter(tensor -> tensor.size() == 1)
                .map(tensor -> tensor.getFloat(0));
    }

    private static Optional<Sketch> one(UnaryFunction function) {
        return one(function, 0, 0);
    }

    private static Optional<Sketch> one(UnaryFunction function, float alpha, float beta) {
        return Optional.of(new Sketch.OfOne(function, alpha, beta));
    }

    private static Optional<Sketch> two(BinaryFunction function, long operand) {
        return Optional.of(new Sketch.OfTwo(function, operand));
    }
}
