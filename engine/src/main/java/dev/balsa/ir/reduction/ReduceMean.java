package dev.balsa.ir.reduction;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.Arrays;

/// The arithmetic mean; of nothing it is NaN, or 0 for integers, whose means are cut toward zero (ONNX ReduceMean,
/// opset 1 to 18).
///
/// @param keepDims whether reduced axes stay, with length 1
/// @param noopWithEmptyAxes whether no axes mean no axes, and not all
public record ReduceMean(boolean keepDims, boolean noopWithEmptyAxes) implements Reduce {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = ReduceSchema.of("ReduceMean", Schema.NUMERIC, 18, ReduceMean::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double of(double[] elements) {
        return Arrays.stream(elements).sum() / elements.length;
    }

    @Override
    public long of(long[] elements, DataType type) {
        long sum = Arrays.stream(elements).sum();
        if (elements.length == 0) {
            return 0;
        }
        return type.isUnsigned() ? Long.divideUnsigned(sum, elements.length) : sum / elements.length;
    }
}
