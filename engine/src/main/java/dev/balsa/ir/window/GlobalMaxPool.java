package dev.balsa.ir.window;

import dev.balsa.ir.Schema;
import java.util.Arrays;

/// The greatest element of each channel (ONNX GlobalMaxPool, opset 1 to 22).
public record GlobalMaxPool() implements GlobalPool {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("GlobalMaxPool").in("X", Schema.FLOATS).out("Y").reader(node -> new GlobalMaxPool());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double reduce(double[] plane) {
        return Arrays.stream(plane).reduce(Double.NEGATIVE_INFINITY, Math::max);
    }
}
