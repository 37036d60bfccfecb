package dev.balsa.ir.elementwise;

import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;

/// A smooth relative of Relu: (x + sqrt(x^2 + b)) / 2. Not of ONNX: the example of a new operator, in a domain of its
/// own.
///
/// @param b how smooth: 0 gives Relu
public record Squareplus(float b) implements Unary {
    /// The operator's signature.
    public static final Schema SCHEMA = Schema.of("Squareplus")
            .domain("org.example")
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(Squareplus::read);

    private static Squareplus read(NodeReader node) {
        float b = node.real("b", 4);
        if (!(b >= 0)) {
            throw node.malformed("attribute b must not be negative; found " + b);
        }
        return new Squareplus(b);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return (x + Math.sqrt(x * x + b)) / 2;
    }
}
