package dev.balsa.ir.reduction;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.Arrays;

/// The sum of the magnitudes; of nothing it is 0 (ONNX ReduceL1, opset 1 to 18).
///
/// @param keepDims whether reduced axes stay, with length 1
/// @param noopWithEmptyAxes whether no axes mean no axes, and not all
public record ReduceL1(boolean keepDims, boolean noopWithEmptyAxes) implements Reduce {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = ReduceSchema.of("ReduceL1", Schema.NUMERIC, 18, ReduceL1::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double of(double[] elements) {
        return Arrays.stream(elements).map(Math::abs).sum();
    }

    @Override
    public long of(long[] elements, DataType type) {
        long result = 0;
        for (long x : elements) {
            result += type.isUnsigned() ? x : Math.abs(x);
        }
        return result;
    }
}
