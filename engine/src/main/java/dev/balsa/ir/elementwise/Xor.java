package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// Whether exactly one operand is true (ONNX Xor, opset 1 to 7).
public record Xor() implements Bitwise {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Xor")
            .in("A", Schema.BOOLS)
            .in("B", Schema.BOOLS)
            .out("C")
            .reader(node -> {
                LegacyBroadcast.align(node);
                return new Xor();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public long apply(long a, long b, DataType type) {
        return a ^ b;
    }
}
