package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// The absolute value; that of the least integer of a type is that integer itself (ONNX Abs, opset 1 to 13).
public record Abs() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Abs").in("X", Schema.NUMERIC).out("Y").reader(node -> new Abs());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.abs(x);
    }

    @Override
    public long apply(long x, DataType type) {
        return type.isUnsigned() ? x : Math.abs(x);
    }
}
