package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// Every bit inverted (ONNX BitwiseNot, opset 18).
public record BitwiseNot() implements Complement {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("BitwiseNot").since(18).in("X", Schema.INTEGERS).out("Y").reader(node -> new BitwiseNot());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public long apply(long x) {
        return ~x;
    }
}
