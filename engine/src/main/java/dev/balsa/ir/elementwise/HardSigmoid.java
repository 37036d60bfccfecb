package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The piecewise linear sigmoid: max(0, min(1, alpha x + beta)) (ONNX HardSigmoid, opset 1 to 22).
///
/// @param alpha the slope
/// @param beta the value at 0
public record HardSigmoid(float alpha, float beta) implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("HardSigmoid")
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(node -> new HardSigmoid(node.real("alpha", 0.2F), node.real("beta", 0.5F)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return Math.max(0, Math.min(1, alpha * x + beta));
    }
}
