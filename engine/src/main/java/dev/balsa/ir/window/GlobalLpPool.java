package dev.balsa.ir.window;

import dev.balsa.ir.Schema;
import java.util.Arrays;

/// The p-norm of each channel (ONNX GlobalLpPool, opset 1 to 22).
///
/// @param p the exponent
public record GlobalLpPool(double p) implements GlobalPool {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("GlobalLpPool")
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(node -> new GlobalLpPool(LpPool.exponent(node)));

    /// Checks that the exponent is positive.
    public GlobalLpPool {
        LpPool.checkExponent(p);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double reduce(double[] plane) {
        return Math.pow(Arrays.stream(plane).map(x -> Math.pow(Math.abs(x), p)).sum(), 1 / p);
    }
}
