package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// Whether the element is not a number (ONNX IsNaN, opset 9 to 20).
public record IsNaN() implements Predicate {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("IsNaN").since(9).in("X", Schema.FLOATS).out("Y").reader(node -> new IsNaN());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean test(double x) {
        return Double.isNaN(x);
    }
}
