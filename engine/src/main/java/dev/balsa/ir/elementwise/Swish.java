package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The element times its sigmoid: x / (1 + exp(-alpha x)) (ONNX Swish, opset 24).
///
/// @param alpha the factor inside of the sigmoid
public record Swish(float alpha) implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Swish")
            .since(24)
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(node -> new Swish(node.real("alpha", 1)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return x * Sigmoid.of(alpha * x);
    }
}
