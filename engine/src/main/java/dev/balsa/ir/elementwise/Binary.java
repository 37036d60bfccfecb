package dev.balsa.ir.elementwise;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A function of two numbers of one type, applied to every pair of elements after broadcasting.
public sealed interface Binary extends Elementwise permits Add, Div, Mod, Mul, PRelu, Pow, Sub, SwiGLU {
    /// The function, for floating-point types; the result is rounded to the element type once.
    double apply(double a, double b);

    /// The function for integer types, on values as [Tensor#getLong] gives them; the result keeps its low bits.
    default long apply(long a, long b, DataType type) {
        return (long) apply((double) a, (double) b);
    }

    /// Sets element `at` of the result from elements `atA` and `atB` of the operands.
    private void compute(Tensor a, long atA, Tensor b, long atB, Tensor y, long at) {
        if (a.type().isFloat()) {
            y.setDouble(at, apply(a.getDouble(atA), b.getDouble(atB)));
        } else {
            y.setLong(at, apply(a.getLong(atA), b.getLong(atB), a.type()));
        }
    }

    /// [#compute] of the types that whole networks' weights are made in: without asking for the type of each element.
    private void doubles(MemorySegment a, long stepA, MemorySegment b, long stepB, MemorySegment y, long count) {
        for (long i = 0; i < count; i++) {
            var value = apply(
                    a.getAtIndex(JAVA_DOUBLE_UNALIGNED, i * stepA), b.getAtIndex(JAVA_DOUBLE_UNALIGNED, i * stepB));
            y.setAtIndex(JAVA_DOUBLE_UNALIGNED, i, value);
        }
    }

    private void floats(MemorySegment a, long stepA, MemorySegment b, long stepB, MemorySegment y, long count) {
        for (long i = 0; i < count; i++) {
            var value =
                    apply(a.getAtIndex(JAVA_FLOAT_UNALIGNED, i * stepA), b.getAtIndex(JAVA_FLOAT_UNALIGNED, i * stepB));
            y.setAtIndex(JAVA_FLOAT_UNALIGNED, i, (float) value);
        }
    }

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
        if (Broadcasting.isEven(y.shape(), a.shape()) && Broadcasting.isEven(y.shape(), b.shape())) {
            long stepA = a.size() == 1 ? 0 : 1;
            long stepB = b.size() == 1 ? 0 : 1;
            switch (a.type()) {
                case FLOAT64 -> doubles(a.memory(), stepA, b.memory(), stepB, y.memory(), y.size());
                case FLOAT32 -> floats(a.memory(), stepA, b.memory(), stepB, y.memory(), y.size());
                default -> {
                    for (long i = 0; i < y.size(); i++) {
                        compute(a, i * stepA, b, i * stepB, y, i);
                    }
                }
            }
            return;
        }
        var places = new Broadcasting(y.shape(), List.of(a.shape(), b.shape()));
        for (long i = 0; i < y.size(); i++, places.next()) {
            compute(a, places.index(0), b, places.index(1), y, i);
        }
    }
}
