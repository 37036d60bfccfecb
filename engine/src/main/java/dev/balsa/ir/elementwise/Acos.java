package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The arc cosine, in radians (ONNX Acos, opset 7 to 22).
public record Acos() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Acos").since(7).in("input", Schema.FLOATS).out("output").reader(node -> new Acos());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.acos(x);
    }
}
