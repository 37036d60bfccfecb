package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The inverse hyperbolic cosine (ONNX Acosh, opset 9 to 22).
public record Acosh() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Acosh").since(9).in("input", Schema.FLOATS).out("output").reader(node -> new Acosh());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        // log(x + sqrt(x^2 - 1)) in terms of x - 1, which stays exact near 1; far out, x^2 would overflow.
        if (x > 1e150) {
            return Math.log(x) + Math.log(2);
        }
        double above = x - 1;
        return Math.log1p(above + Math.sqrt(above * (x + 1)));
    }
}
