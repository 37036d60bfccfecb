package dev.balsa.ir.reduction;

import dev.balsa.ir.Schema;

/// The running sum along an axis (ONNX CumSum, opset 11 to 14).
///
/// @param exclusive whether an element is left out of the step at its own place
/// @param reverse whether the steps go from the last element to the first
public record CumSum(boolean exclusive, boolean reverse) implements Running {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("CumSum")
            .since(11)
            .in("x", Schema.NUMERIC)
            .in("axis", Schema.INDICES)
            .out("y")
            .reader(node -> new CumSum(node.integer("exclusive", 0) != 0, node.integer("reverse", 0) != 0));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public long start() {
        return 0;
    }

    @Override
    public double step(double before, double element) {
        return before + element;
    }

    @Override
    public long step(long before, long element) {
        return before + element;
    }
}
