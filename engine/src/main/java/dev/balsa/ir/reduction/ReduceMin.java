package dev.balsa.ir.reduction;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// The least element; of nothing it is infinity, the greatest integer, or true (ONNX ReduceMin, opset 1 to 20).
///
/// @param keepDims whether reduced axes stay, with length 1
/// @param noopWithEmptyAxes whether no axes mean no axes, and not all
public record ReduceMin(boolean keepDims, boolean noopWithEmptyAxes) implements Reduce {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = ReduceSchema.of("ReduceMin", ReduceSchema.ORDERED, 18, ReduceMin::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double of(double[] elements) {
        double result = Double.POSITIVE_INFINITY;
        for (double x : elements) {
            result = Math.min(result, x);
        }
        return result;
    }

    @Override
    public long of(long[] elements, DataType type) {
        long result = type == DataType.BOOL ? 1 : type.maxValue();
        for (long x : elements) {
            boolean less = type.isUnsigned() ? Long.compareUnsigned(x, result) < 0 : x < result;
            result = less ? x : result;
        }
        return result;
    }
}
