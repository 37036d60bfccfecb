package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// Whether the element is infinite (ONNX IsInf, opset 10 to 20).
///
/// @param positive whether positive infinity counts
/// @param negative whether negative infinity counts
public record IsInf(boolean positive, boolean negative) implements Predicate {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("IsInf")
            .since(10)
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(node ->
                    new IsInf(node.integer("detect_positive", 1) != 0, node.integer("detect_negative", 1) != 0));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean test(double x) {
        return positive && x == Double.POSITIVE_INFINITY || negative && x == Double.NEGATIVE_INFINITY;
    }
}
