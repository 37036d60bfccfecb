package dev.balsa.ir.reduction;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// The greatest element; of nothing it is negative infinity, the least integer, or false (ONNX ReduceMax, opset 1 to
/// 20).
///
/// @param keepDims whether reduced axes stay, with length 1
/// @param noopWithEmptyAxes whether no axes mean no axes, and not all
public record ReduceMax(boolean keepDims, boolean noopWithEmptyAxes) implements Reduce {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = ReduceSchema.of("ReduceMax", ReduceSchema.ORDERED, 18, ReduceMax::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double of(double[] elements) {
        double result = Double.NEGATIVE_INFINITY;
        for (double x : elements) {
            result = Math.max(result, x);
        }
        return result;
    }

    @Override
    public long of(long[] elements, DataType type) {
        long result = type == DataType.BOOL ? 0 : type.minValue();
        for (long x : elements) {
            boolean greater = type.isUnsigned() ? Long.compareUnsigned(x, result) > 0 : x > result;
            result = greater ? x : result;
        }
        return result;
    }
}
