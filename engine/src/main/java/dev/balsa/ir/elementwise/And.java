package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// Whether both operands are true (ONNX And, opset 1 to 7).
public record And() implements Bitwise {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("And")
            .in("A", Schema.BOOLS)
            .in("B", Schema.BOOLS)
            .out("C")
            .reader(node -> {
                LegacyBroadcast.align(node);
                return new And();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public long apply(long a, long b, DataType type) {
        return a & b;
    }
}
