package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The inverse hyperbolic tangent (ONNX Atanh, opset 9 to 22).
public record Atanh() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Atanh").since(9).in("input", Schema.FLOATS).out("output").reader(node -> new Atanh());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return 0.5 * (Math.log1p(x) - Math.log1p(-x));
    }
}
