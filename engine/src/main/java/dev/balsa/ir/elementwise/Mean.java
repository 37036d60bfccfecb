package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// The arithmetic mean of the operands (ONNX Mean, opset 1 to 13).
public record Mean() implements Variadic {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Mean").variadic("data_0", Schema.FLOATS).out("mean").reader(node -> new Mean());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double combine(double a, double b) {
        return a + b;
    }

    @Override
    public long combine(long a, long b, DataType type) {
        return a + b;
    }

    @Override
    public double finish(double combined, int operands) {
        return combined / operands;
    }
}
