package dev.balsa.ir.reduction;

import dev.balsa.ir.Schema;
import java.util.Arrays;

/// The natural logarithm of the sum of the exponentials; of nothing it is negative infinity (ONNX ReduceLogSumExp,
/// opset 1 to 21).
///
/// @param keepDims whether reduced axes stay, with length 1
/// @param noopWithEmptyAxes whether no axes mean no axes, and not all
public record ReduceLogSumExp(boolean keepDims, boolean noopWithEmptyAxes) implements Reduce {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = ReduceSchema.of("ReduceLogSumExp", Schema.NUMERIC, 18, ReduceLogSumExp::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double of(double[] elements) {
        double greatest = Arrays.stream(elements).reduce(Double.NEGATIVE_INFINITY, Math::max);
        if (Double.isInfinite(greatest)) {
            return greatest;
        }
        // Relative to the greatest element, so that the exponentials stay finite.
        double sum = 0;
        for (double x : elements) {
            sum += Math.exp(x - greatest);
        }
        return greatest + Math.log(sum);
    }
}
