package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The greatest integer not above the element (ONNX Floor, opset 1 to 13).
public record Floor() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Floor").in("X", Schema.FLOATS).out("Y").reader(node -> new Floor());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.floor(x);
    }
}
