package dev.balsa.ir.elementwise;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;

/// The Gaussian error linear unit (ONNX Gelu, opset 20): x times the normal distribution function at x, or an
/// approximation of that with the hyperbolic tangent (Hendrycks and Gimpel, *Gaussian Error Linear Units*, 2016).
///
/// @param tanh whether the approximation is meant
public record Gelu(boolean tanh) implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Gelu").since(20).in("X", Schema.FLOATS).out("Y").reader(Gelu::read);

    private static Gelu read(NodeReader node) {
        var approximate = node.string("approximate", "none");
        return switch (approximate) {
            case "none" -> new Gelu(false);
            case "tanh" -> new Gelu(true);
            default ->
                throw node.malformed("attribute \"approximate\": expected \"none\" or \"tanh\", found \"" + approximate
                        + "\"; check the model");
        };
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return tanh
                ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
                : 0.5 * x * ErrorFunction.erfc(-x / Math.sqrt(2));
    }
}
