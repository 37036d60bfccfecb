package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// The bits that are set in both operands (ONNX BitwiseAnd, opset 18).
public record BitwiseAnd() implements Bitwise {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("BitwiseAnd")
            .since(18)
            .in("A", Schema.INTEGERS)
            .in("B", Schema.INTEGERS)
            .out("C")
            .reader(node -> new BitwiseAnd());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public long apply(long a, long b, DataType type) {
        return a & b;
    }
}
