package dev.balsa.ir.elementwise;

import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;

/// The sum of the operands (ONNX Sum, opset 1 to 13).
public record Sum() implements Variadic {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Sum").variadic("data_0", Schema.FLOATS).out("sum").reader(node -> new Sum());

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
}
