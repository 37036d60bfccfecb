package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// Whether the operands are equal (ONNX Equal, opset 1 to 19); also on bools and strings.
public record Equal() implements Comparison {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Equal")
            .in("A", Schema.ANY)
            .in("B", Schema.ANY)
            .out("C")
            .reader(node -> {
                LegacyBroadcast.align(node);
                return new Equal();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean holds(double a, double b) {
        return a == b;
    }

    @Override
    public boolean holds(int order) {
        return order == 0;
    }
}
