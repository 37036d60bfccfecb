package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// The greater of the element and zero (ONNX Relu, opset 1 to 14).
public record Relu() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Relu").in("X", Schema.NUMERIC).out("Y").reader(node -> new Relu());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return x > 0 || Double.isNaN(x) ? x : 0;
    }

    @Override
    public long apply(long x, DataType type) {
        return type.isUnsigned() ? x : Math.max(x, 0);
    }
}
