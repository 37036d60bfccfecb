package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The hyperbolic tangent (ONNX Tanh, opset 1 to 13).
public record Tanh() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Tanh").in("input", Schema.FLOATS).out("output").reader(node -> new Tanh());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.tanh(x);
    }
}
