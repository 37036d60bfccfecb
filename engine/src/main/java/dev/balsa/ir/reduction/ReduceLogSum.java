package dev.balsa.ir.reduction;

import dev.balsa.ir.Schema;
import java.util.Arrays;

/// The natural logarithm of the sum; of nothing it is negative infinity (ONNX ReduceLogSum, opset 1 to 21).
///
/// @param keepDims whether reduced axes stay, with length 1
/// @param noopWithEmptyAxes whether no axes mean no axes, and not all
public record ReduceLogSum(boolean keepDims, boolean noopWithEmptyAxes) implements Reduce {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = ReduceSchema.of("ReduceLogSum", Schema.NUMERIC, 18, ReduceLogSum::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double of(double[] elements) {
        return Math.log(Arrays.stream(elements).sum());
    }
}
