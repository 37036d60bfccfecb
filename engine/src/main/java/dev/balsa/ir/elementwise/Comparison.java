package dev.balsa.ir.elementwise;

import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// A relation between two elements of one type, tested on every pair after broadcasting; the output is bool.
public sealed interface Comparison extends Elementwise permits Equal, Greater, GreaterOrEqual, Less, LessOrEqual {
    /// Whether the relation holds between two floating-point numbers; false where a NaN is involved.
    boolean holds(double a, double b);

    /// Whether the relation holds between operands that stand in the given order: negative, 0 or positive as the
    /// first is less than, equal to or greater than the second.
    boolean holds(int order);

    private boolean test(Tensor a, long atA, Tensor b, long atB) {
        return switch (a.type()) {
            case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> holds(a.getDouble(atA), b.getDouble(atB));
            case STRING -> holds(a.getString(atA).compareTo(b.getString(atB)));
            case UINT64 -> holds(Long.compareUnsigned(a.getLong(atA), b.getLong(atB)));
            default -> holds(Long.compare(a.getLong(atA), b.getLong(atB)));
        };
    }

    @Override
    default List<TensorType> infer(Inference in) {
        SameType.check(in, 0);
        return List.of(new TensorType(DataType.BOOL, Broadcasting.shape(in)));
    }

    @Override
    default void evaluate(Evaluation run) {
        var a = run.input(0);
        var b = run.input(1);
        var y = run.output(0, DataType.BOOL, Broadcasting.shape(a.shape(), b.shape()));
        var places = new Broadcasting(y.shape(), List.of(a.shape(), b.shape()));
        for (long i = 0; i < y.size(); i++, places.next()) {
            y.setLong(i, test(a, places.index(0), b, places.index(1)) ? 1 : 0);
        }
    }
}
