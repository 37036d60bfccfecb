package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The natural exponential (ONNX Exp, opset 1 to 13).
public record Exp() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Exp").in("input", Schema.FLOATS).out("output").reader(node -> new Exp());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.exp(x);
    }
}
