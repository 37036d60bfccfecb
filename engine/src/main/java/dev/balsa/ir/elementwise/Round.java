package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The nearest integer, ties to the even one (ONNX Round, opset 11 to 22).
public record Round() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Round").since(11).in("X", Schema.FLOATS).out("Y").reader(node -> new Round());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.rint(x);
    }
}
