package dev.balsa.ir.reduction;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.Arrays;

/// The sum of the squares; of nothing it is 0 (ONNX ReduceSumSquare, opset 1 to 18).
///
/// @param keepDims whether reduced axes stay, with length 1
/// @param noopWithEmptyAxes whether no axes mean no axes, and not all
public record ReduceSumSquare(boolean keepDims, boolean noopWithEmptyAxes) implements Reduce {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = ReduceSchema.of("ReduceSumSquare", Schema.NUMERIC, 18, ReduceSumSquare::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double of(double[] elements) {
        return Arrays.stream(elements).map(x -> x * x).sum();
    }

    @Override
    public long of(long[] elements, DataType type) {
        long result = 0;
        for (long x : elements) {
            result += x * x;
        }
        return result;
    }
}
