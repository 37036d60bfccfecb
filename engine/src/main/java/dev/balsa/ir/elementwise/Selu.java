package dev.balsa.ir.elementwise;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;

/// The scaled exponential linear unit: gamma alpha (exp(x) - 1) up to 0, gamma x above (ONNX Selu, opset 1 to 22).
///
/// @param alpha the factor below 0
/// @param gamma the scale of the whole
public record Selu(float alpha, float gamma) implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Selu").in("X", Schema.FLOATS).out("Y").reader(Selu::read);

    private static Selu read(NodeReader node) {
        boolean rough = node.opset() < 6;
        return new Selu(
                node.real("alpha", rough ? 1.6732F : 1.67326319217681884765625F),
                node.real("gamma", rough ? 1.0507F : 1.05070102214813232421875F));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return gamma * (x > 0 ? x : alpha * Math.expm1(x));
    }
}
