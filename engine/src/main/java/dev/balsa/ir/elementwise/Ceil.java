package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The least integer not below the element (ONNX Ceil, opset 1 to 13).
public record Ceil() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Ceil").in("X", Schema.FLOATS).out("Y").reader(node -> new Ceil());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.ceil(x);
    }
}
