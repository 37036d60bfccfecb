package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// Whether the first operand is less than the second (ONNX Less, opset 1 to 13).
public record Less() implements Comparison {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Less")
            .in("A", Schema.NUMERIC)
            .in("B", Schema.NUMERIC)
            .out("C")
            .reader(node -> {
                LegacyBroadcast.align(node);
                return new Less();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean holds(double a, double b) {
        return a < b;
    }

    @Override
    public boolean holds(int order) {
        return order < 0;
    }
}
