package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The error function (ONNX Erf, opset 9 to 13).
public record Erf() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Erf").since(9).in("input", Schema.NUMERIC).out("output").reader(node -> new Erf());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return ErrorFunction.erf(x);
    }
}
