package dev.balsa.ir.elementwise;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
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
        for (long i = 0; i < x.size(); i++) {
            if (x.type().isFloat()) {
                y.setDouble(i, apply(x.getDouble(i)));
            } else {
                y.setLong(i, apply(x.getLong(i), x.type()));
            }
        }
    }
}
