package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// Whether the first operand is greater than the second (ONNX Greater, opset 1 to 13).
public record Greater() implements Comparison {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Greater")
            .in("A", Schema.NUMERIC)
            .in("B", Schema.NUMERIC)
            .out("C")
            .reader(node -> {
                LegacyBroadcast.align(node);
                return new Greater();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean holds(double a, double b) {
        return a > b;
    }

    @Override
    public boolean holds(int order) {
        return order > 0;
    }
}
