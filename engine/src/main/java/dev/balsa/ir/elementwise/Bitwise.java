package dev.balsa.ir.elementwise;

import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.List;

/// A function of the bits of two integers or bools of one type, applied to every pair of elements after broadcasting.
public sealed interface Bitwise extends Elementwise permits And, BitShift, BitwiseAnd, BitwiseOr, BitwiseXor, Or, Xor {
    /// The function, on values as [dev.balsa.tensor.Tensor#getLong] gives them; the result keeps its low bits.
    long apply(long a, long b, DataType type);

    @Override
    default List<TensorType> infer(Inference in) {
        SameType.check(in, 0);
        return List.of(in.type(0).withShape(Broadcasting.shape(in)));
    }

    @Override
    default void evaluate(Evaluation run) {
        var a = run.input(0);
        var b = run.input(1);
        var y = run.output(0, a.type(), Broadcasting.shape(a.shape(), b.shape()));
        var places = new Broadcasting(y.shape(), List.of(a.shape(), b.shape()));
        for (long i = 0; i < y.size(); i++, places.next()) {
            y.setLong(i, apply(a.getLong(places.index(0)), b.getLong(places.index(1)), a.type()));
        }
    }
}
