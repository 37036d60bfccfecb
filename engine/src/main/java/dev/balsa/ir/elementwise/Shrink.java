package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// x + bias below -lambd, x - bias above lambd, 0 between (ONNX Shrink, opset 9).
///
/// @param bias how far values move to 0
/// @param lambd the half width of what becomes 0
public record Shrink(float bias, float lambd) implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Shrink")
            .since(9)
            .in("input", Schema.NUMERIC)
            .out("output")
            .reader(node -> new Shrink(node.real("bias", 0), node.real("lambd", 0.5F)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        if (x < -lambd) {
            return x + bias;
        }
        return x > lambd ? x - bias : 0;
    }
}
