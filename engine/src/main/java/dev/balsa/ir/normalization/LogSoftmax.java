package dev.balsa.ir.normalization;

import dev.balsa.ir.Schema;
import java.util.Arrays;

/// The natural logarithm of the softmax of a row (ONNX LogSoftmax, opset 1 to 13).
///
/// @param axis the axis of the rows; negative ones count from the back
/// @param flattened whether a row is made of all dimensions from the axis on (opset below 13)
public record LogSoftmax(long axis, boolean flattened) implements AlongAxis {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = AlongAxis.schema("LogSoftmax", LogSoftmax::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public void apply(double[] row) {
        // Relative to the greatest element, so that the exponentials stay finite.
        double greatest = Arrays.stream(row).reduce(Double.NEGATIVE_INFINITY, Math::max);
        double sum = 0;
        for (double x : row) {
            sum += Math.exp(x - greatest);
        }
        double logarithm = Math.log(sum);
        for (int i = 0; i < row.length; i++) {
            row[i] = row[i] - greatest - logarithm;
        }
    }
}
