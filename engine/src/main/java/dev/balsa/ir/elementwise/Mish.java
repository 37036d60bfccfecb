package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The element times the hyperbolic tangent of its softplus: x tanh(log(1 + exp(x))) (ONNX Mish, opset 18 to 22).
public record Mish() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Mish").since(18).in("X", Schema.FLOATS).out("Y").reader(node -> new Mish());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return x * Math.tanh(Softplus.of(x));
    }
}
