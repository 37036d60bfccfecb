package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The tangent of an angle in radians (ONNX Tan, opset 7 to 22).
public record Tan() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Tan").since(7).in("input", Schema.FLOATS).out("output").reader(node -> new Tan());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.tan(x);
    }
}
