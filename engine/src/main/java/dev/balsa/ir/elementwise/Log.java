package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The natural logarithm (ONNX Log, opset 1 to 13).
public record Log() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Log").in("input", Schema.FLOATS).out("output").reader(node -> new Log());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.log(x);
    }
}
