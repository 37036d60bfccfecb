package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The logistic function 1 / (1 + exp(-x)) (ONNX Sigmoid, opset 1 to 13).
public record Sigmoid() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Sigmoid").in("X", Schema.FLOATS).out("Y").reader(node -> new Sigmoid());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return of(x);
    }

    static double of(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
