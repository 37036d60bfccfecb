package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// alpha x below 0, x elsewhere (ONNX LeakyRelu, opset 1 to 16).
///
/// @param alpha the slope below 0
public record LeakyRelu(float alpha) implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("LeakyRelu")
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(node -> new LeakyRelu(node.real("alpha", 0.01F)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return x < 0 ? alpha * x : x;
    }
}
