package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// x / (1 + |x|) (ONNX Softsign, opset 1 to 22).
public record Softsign() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Softsign").in("input", Schema.FLOATS).out("output").reader(node -> new Softsign());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return x / (1 + Math.abs(x));
    }
}
