package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The square root (ONNX Sqrt, opset 1 to 13).
public record Sqrt() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Sqrt").in("X", Schema.FLOATS).out("Y").reader(node -> new Sqrt());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.sqrt(x);
    }
}
