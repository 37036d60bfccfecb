package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The arc sine, in radians (ONNX Asin, opset 7 to 22).
public record Asin() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Asin").since(7).in("input", Schema.FLOATS).out("output").reader(node -> new Asin());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.asin(x);
    }
}
