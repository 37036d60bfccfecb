package dev.balsa.ir.window;

import dev.balsa.ir.Schema;
import java.util.Arrays;

/// The mean of each channel (ONNX GlobalAveragePool, opset 1 to 22).
public record GlobalAveragePool() implements GlobalPool {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("GlobalAveragePool").in("X", Schema.FLOATS).out("Y").reader(node -> new GlobalAveragePool());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double reduce(double[] plane) {
        return Arrays.stream(plane).sum() / plane.length;
    }
}
