package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// log(1 + exp(x)) (ONNX Softplus, opset 1 to 22).
public record Softplus() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Softplus").in("X", Schema.FLOATS).out("Y").reader(node -> new Softplus());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return of(x);
    }

    static double of(double x) {
        // exp(x) itself would overflow for large elements.
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }
}
