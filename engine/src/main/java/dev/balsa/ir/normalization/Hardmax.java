package dev.balsa.ir.normalization;

import dev.balsa.ir.Schema;
import java.util.Arrays;

/// One where a row has its greatest element for the first time, and zero elsewhere (ONNX Hardmax, opset 1 to 13).
///
/// @param axis the axis of the rows; negative ones count from the back
/// @param flattened whether a row is made of all dimensions from the axis on (opset below 13)
public record Hardmax(long axis, boolean flattened) implements AlongAxis {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = AlongAxis.schema("Hardmax", Hardmax::new);

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public void apply(double[] row) {
        int at = 0;
        for (int i = 1; i < row.length; i++) {
            if (row[i] > row[at] || Double.isNaN(row[i]) && !Double.isNaN(row[at])) {
                at = i;
            }
        }
        Arrays.fill(row, 0);
        row[at] = 1;
    }
}
