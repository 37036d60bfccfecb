package dev.balsa.ir.reduction;

import dev.balsa.ir.Schema;
import java.util.Arrays;

/// The square root of the sum of the squares; of nothing it is 0 (ONNX ReduceL2, opset 1 to 18).
///
/// @param keepDims whether reduced axes stay, with length 1
/// @param noopWithEmptyAxes whether no axes mean no axes, and not all
public record ReduceL2(boolean keepDims, boolean noopWithEmptyAxes) implements Reduce {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = ReduceSchema.of("ReduceL2", Schema.NUMERIC, 18, ReduceL2::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double of(double[] elements) {
        return Math.sqrt(Arrays.stream(elements).map(x -> x * x).sum());
    }
}
