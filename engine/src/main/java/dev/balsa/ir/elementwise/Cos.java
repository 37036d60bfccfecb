package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The cosine of an angle in radians (ONNX Cos, opset 7 to 22).
public record Cos() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Cos").since(7).in("input", Schema.FLOATS).out("output").reader(node -> new Cos());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.cos(x);
    }
}
