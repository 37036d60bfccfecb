package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// x above alpha, 0 elsewhere (ONNX ThresholdedRelu, opset 10 to 22).
///
/// @param alpha the threshold
public record ThresholdedRelu(float alpha) implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("ThresholdedRelu")
            .since(10)
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(node -> new ThresholdedRelu(node.real("alpha", 1)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return x > alpha ? x : 0;
    }
}
