package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// One over the element (ONNX Reciprocal, opset 1 to 13).
public record Reciprocal() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Reciprocal").in("X", Schema.FLOATS).out("Y").reader(node -> new Reciprocal());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return 1 / x;
    }
}
