package dev.balsa.ir.elementwise;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.List;

/// A property of one floating-point number, tested on every element; the output is bool.
public sealed interface Predicate extends Elementwise permits IsInf, IsNaN {
    /// Whether the number has the property.
    boolean test(double x);

    @Override
    default List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withType(DataType.BOOL));
    }

    @Override
    default void evaluate(Evaluation run) {
        var x = run.input(0);
        var y = run.output(0, DataType.BOOL, x.shape());
        for (long i = 0; i < x.size(); i++) {
            y.setLong(i, test(x.getDouble(i)) ? 1 : 0);
        }
    }
}
