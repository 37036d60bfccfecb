package dev.balsa.ir.elementwise;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// The difference (ONNX Sub, opset 1 to 14).
public record Sub() implements Binary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Sub")
            .in("A", Schema.NUMERIC)
            .in("B", Schema.NUMERIC)
            .out("C")
            .reader(node -> {
                LegacyBroadcast.align(node);
                return new Sub();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double a, double b) {
        return a - b;
    }

    @Override
    public long apply(long a, long b, DataType type) {
        return a - b;
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return LengthArithmetic.of(in, Dim::minus);
    }
}
