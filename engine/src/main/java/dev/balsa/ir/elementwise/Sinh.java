package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The hyperbolic sine (ONNX Sinh, opset 9 to 22).
public record Sinh() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Sinh").since(9).in("input", Schema.FLOATS).out("output").reader(node -> new Sinh());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.sinh(x);
    }
}
