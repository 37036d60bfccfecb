package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The continuously differentiable exponential linear unit: max(0, x) + min(0, alpha (exp(x / alpha) - 1)) (ONNX
/// Celu, opset 12 to 28).
///
/// @param alpha where the curve bends; not 0
public record Celu(float alpha) implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Celu").since(12).in("X", Schema.FLOATS).out("Y").reader(node -> new Celu(node.real("alpha", 1)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
    }
}
