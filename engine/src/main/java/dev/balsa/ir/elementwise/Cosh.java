package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The hyperbolic cosine (ONNX Cosh, opset 9 to 22).
public record Cosh() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Cosh").since(9).in("input", Schema.FLOATS).out("output").reader(node -> new Cosh());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.cosh(x);
    }
}
