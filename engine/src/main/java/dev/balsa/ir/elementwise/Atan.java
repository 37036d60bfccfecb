package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The arc tangent, in radians (ONNX Atan, opset 7 to 22).
public record Atan() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Atan").since(7).in("input", Schema.FLOATS).out("output").reader(node -> new Atan());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.atan(x);
    }
}
