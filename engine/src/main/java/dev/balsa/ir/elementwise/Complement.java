package dev.balsa.ir.elementwise;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.TensorType;
import java.util.List;

/// A function of the bits of one integer or bool, applied to every element.
public sealed interface Complement extends Elementwise permits BitwiseNot, Not {
    /// The function, on values as [dev.balsa.tensor.Tensor#getLong] gives them; the result keeps its low bits.
    long apply(long x);

    @Override
    default List<TensorType> infer(Inference in) {
        return List.of(in.type(0));
    }

    @Override
    default void evaluate(Evaluation run) {
        var x = run.input(0);
        var y = run.output(0, x.type(), x.shape());
        for (long i = 0; i < x.size(); i++) {
            y.setLong(i, apply(x.getLong(i)));
        }
    }
}
