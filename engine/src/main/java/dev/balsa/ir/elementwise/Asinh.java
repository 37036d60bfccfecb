package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;

/// The inverse hyperbolic sine (ONNX Asinh, opset 9 to 22).
public record Asinh() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Asinh").since(9).in("input", Schema.FLOATS).out("output").reader(node -> new Asinh());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        // log(m + sqrt(m^2 + 1)) for the magnitude m, written so that small magnitudes stay exact; far out, m^2 would
        // overflow.
        double m = Math.abs(x);
        double y = m > 1e150 ? Math.log(m) + Math.log(2) : Math.log1p(m + m * m / (1 + Math.sqrt(m * m + 1)));
        return Math.copySign(y, x);
    }
}
