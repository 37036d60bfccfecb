package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// -1, 0 or 1 by the sign of the element; NaN stays NaN (ONNX Sign, opset 9 to 13).
public record Sign() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Sign").since(9).in("input", Schema.NUMERIC).out("output").reader(node -> new Sign());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.signum(x);
    }

    @Override
    public long apply(long x, DataType type) {
        return type.isUnsigned() ? Math.min(Long.bitCount(x), 1) : Long.signum(x);
    }
}
