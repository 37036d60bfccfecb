package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The element times its piecewise linear sigmoid: x max(0, min(1, x / 6 + 1/2)) (ONNX HardSwish, opset 14 to 22).
public record HardSwish() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("HardSwish").since(14).in("X", Schema.FLOATS).out("Y").reader(node -> new HardSwish());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return x * Math.max(0, Math.min(1, x / 6 + 0.5));
    }
}
