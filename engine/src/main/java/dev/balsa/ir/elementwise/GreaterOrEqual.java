package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// Whether the first operand is at least the second (ONNX GreaterOrEqual, opset 12 to 16).
public record GreaterOrEqual() implements Comparison {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("GreaterOrEqual")
            .since(12)
            .in("A", Schema.NUMERIC)
            .in("B", Schema.NUMERIC)
            .out("C")
            .reader(node -> new GreaterOrEqual());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean holds(double a, double b) {
        return a >= b;
    }

    @Override
    public boolean holds(int order) {
        return order >= 0;
    }
}
