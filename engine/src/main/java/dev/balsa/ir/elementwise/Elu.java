package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The exponential linear unit: alpha (exp(x) - 1) below 0, x elsewhere (ONNX Elu, opset 1 to 22).
///
/// @param alpha the factor below 0
public record Elu(float alpha) implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Elu").in("X", Schema.FLOATS).out("Y").reader(node -> new Elu(node.real("alpha", 1)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return x < 0 ? alpha * Math.expm1(x) : x;
    }
}
