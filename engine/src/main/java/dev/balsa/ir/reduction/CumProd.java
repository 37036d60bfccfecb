package dev.balsa.ir.reduction;

import dev.balsa.ir.Schema;

/// The running product along an axis (ONNX CumProd, opset 26).
///
/// @param exclusive whether an element is left out of the step at its own place
/// @param reverse whether the steps go from the last element to the first
public record CumProd(boolean exclusive, boolean reverse) implements Running {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("CumProd")
            .since(26)
            .in("x", Schema.NUMERIC)
            .in("axis", Schema.INDICES)
            .out("y")
            .reader(node -> new CumProd(node.integer("exclusive", 0) != 0, node.integer("reverse", 0) != 0));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public long start() {
        return 1;
    }

    @Override
    public double step(double before, double element) {
        return before * element;
    }

    @Override
    public long step(long before, long element) {
        return before * element;
    }
}
