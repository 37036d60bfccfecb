package dev.balsa.ir.elementwise;

import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A function of any number of operands of one type that takes them in one after the other, applied to the elements at
/// each place after broadcasting.
public sealed interface Variadic extends Elementwise permits Max, Mean, Min, Sum {
    /// What is left of two operands, for floating-point types.
    double combine(double a, double b);

    /// What is left of two operands of integer types, as [Tensor#getLong] gives them.
    long combine(long a, long b, DataType type);

    /// The result, once all `operands` are combined; rounded to the element type once.
    default double finish(double combined, int operands) {
        return combined;
    }

    @Override
    default List<TensorType> infer(Inference in) {
        for (int i = 0; i < in.inputs(); i++) {
            if (!in.has(i)) {
                throw in.mismatch(i, "an operand is missing", "a tensor", "nothing");
            }
        }
        SameType.check(in, 0);
        return List.of(in.type(0).withShape(Broadcasting.shape(in)));
    }

    @Override
    default void evaluate(Evaluation run) {
        var operands = new ArrayList<Tensor>();
        for (int i = 0; i < run.inputs(); i++) {
            operands.add(run.input(i));
        }
        var shapes = operands.stream().map(Tensor::shape).toList();
        var y = run.output(0, operands.getFirst().type(), Broadcasting.shape(shapes));
        var places = new Broadcasting(y.shape(), shapes);
        for (long i = 0; i < y.size(); i++, places.next()) {
            if (y.type().isFloat()) {
                y.setDouble(i, ofFloats(operands, places));
            } else {
                y.setLong(i, ofIntegers(operands, places));
            }
        }
    }

    private double ofFloats(List<Tensor> operands, Broadcasting places) {
        double combined = operands.getFirst().getDouble(places.index(0));
        for (int i = 1; i < operands.size(); i++) {
            combined = combine(combined, operands.get(i).getDouble(places.index(i)));
        }
        return finish(combined, operands.size());
    }

    private long ofIntegers(List<Tensor> operands, Broadcasting places) {
        long combined = operands.getFirst().getLong(places.index(0));
        for (int i = 1; i < operands.size(); i++) {
            combined = combine(
                    combined,
                    operands.get(i).getLong(places.index(i)),
                    operands.get(i).type());
        }
        return combined;
    }
}
