package dev.balsa.ir.elementwise;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A function of one number, applied to every element; the output has the input's type and shape.
public sealed interface Unary extends Elementwise
        permits Abs,
                Acos,
                Acosh,
                Asin,
                Asinh,
                Atan,
                Atanh,
                Ceil,
                Celu,
                Cos,
                Cosh,
                Elu,
                Erf,
                Exp,
                Floor,
                Gelu,
                HardSigmoid,
                HardSwish,
                LeakyRelu,
                Log,
                Mish,
                Neg,
                Reciprocal,
                Relu,
                Round,
                Selu,
                Shrink,
                Sigmoid,
                Sign,
                Sin,
                Sinh,
                Softplus,
                Softsign,
                Sqrt,
                Swish,
                Tan,
                Tanh,
                ThresholdedRelu {
    /// The function, for floating-point types; the result is rounded to the element type once.
    double apply(double x);

    /// The function for integer types, on values as [dev.balsa.tensor.Tensor#getLong] gives them.
    default long apply(long x, DataType type) {
        return (long) apply((double) x);
    }

    @Override
    default List<TensorType> infer(Inference in) {
        return List.of(in.type(0));
    }

    @Override
    default void evaluate(Evaluation run) {
        var x = run.input(0);
        var y = run.output(0, x.type(), x.shape());
        switch (x.type()) {
            case FLOAT64 -> doubles(x.memory(), y.memory(), x.size());
            case FLOAT32 -> floats(x.memory(), y.memory(), x.size());
            default -> {
                for (long i = 0; i < x.size(); i++) {
                    if (x.type().isFloat()) {
                        y.setDouble(i, apply(x.getDouble(i)));
                    } else {
                        y.setLong(i, apply(x.getLong(i), x.type()));
                    }
                }
            }
        }
    }

    /// The types that whole networks' weights are made in: without asking for the type of each element.
    private void doubles(MemorySegment x, MemorySegment y, long count) {
        for (long i = 0; i < count; i++) {
            y.setAtIndex(JAVA_DOUBLE_UNALIGNED, i, apply(x.getAtIndex(JAVA_DOUBLE_UNALIGNED, i)));
        }
    }

    private void floats(MemorySegment x, MemorySegment y, long count) {
        for (long i = 0; i < count; i++) {
            y.setAtIndex(JAVA_FLOAT_UNALIGNED, i, (float) apply(x.getAtIndex(JAVA_FLOAT_UNALIGNED, i)));
        }
    }
}
