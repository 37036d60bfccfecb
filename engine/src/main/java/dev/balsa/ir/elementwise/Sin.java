package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The sine of an angle in radians (ONNX Sin, opset 7 to 22).
public record Sin() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Sin").since(7).in("input", Schema.FLOATS).out("output").reader(node -> new Sin());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.sin(x);
    }
}
