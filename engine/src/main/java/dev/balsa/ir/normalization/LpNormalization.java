package dev.balsa.ir.normalization;

import dev.balsa.error.ModelFormatException;
import dev.balsa.ir.Schema;
import java.util.Arrays;

/// The elements of a row divided by its norm; a row of norm 0 stays zero (ONNX LpNormalization, opset 1 to 22).
///
/// @param axis the axis of the rows; negative ones count from the back
/// @param p which norm: 1 (sum of magnitudes) or 2 (Euclidean)
public record LpNormalization(long axis, long p) implements AlongAxis {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("LpNormalization")
            .in("input", Schema.FLOATS)
            .out("output")
            .reader(node -> new LpNormalization(node.integer("axis", -1), node.integer("p", 2)));

    /// Checks the norm.
    public LpNormalization {
        if (p != 1 && p != 2) {
            throw new ModelFormatException("attribute \"p\": expected 1 or 2, found " + p + "; check the model");
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean flattened() {
        return false;
    }

    @Override
    public void apply(double[] row) {
        double norm = p == 1
                ? Arrays.stream(row).map(Math::abs).sum()
                : Math.sqrt(Arrays.stream(row).map(x -> x * x).sum());
        for (int i = 0; norm != 0 && i < row.length; i++) {
            row[i] /= norm;
        }
    }
}
