package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// The remainder of a division (ONNX Mod, opset 10 to 28).
///
/// @param truncated whether it has the sign of the dividend, as C's `fmod`; otherwise that of the divisor, as Python's
/// `%`, on floats as on integers
public record Mod(boolean truncated) implements Binary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Mod")
            .since(10)
            .in("A", Schema.NUMERIC)
            .in("B", Schema.NUMERIC)
            .out("C")
            .reader(node -> new Mod(node.integer("fmod", 0) != 0));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double a, double b) {
        double remainder = a % b;
        if (truncated || Double.isNaN(remainder)) {
            return remainder;
        }
        if (remainder == 0) {
            return Math.copySign(0, b);
        }
        return remainder < 0 != b < 0 ? remainder + b : remainder;
    }

    @Override
    public long apply(long a, long b, DataType type) {
        Div.requireDivisor(b);
        if (type.isUnsigned()) {
            return Long.remainderUnsigned(a, b);
        }
        return truncated ? a % b : Math.floorMod(a, b);
    }
}
