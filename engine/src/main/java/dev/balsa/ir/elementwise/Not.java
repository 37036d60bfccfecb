package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// Whether the operand is false (ONNX Not, opset 1).
public record Not() implements Complement {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Not")
            .in("X", Schema.BOOLS)
            .out("Y")
            .reader(node -> {
                LegacyBroadcast.align(node);
                return new Not();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public long apply(long x) {
        return 1 - x;
    }
}
