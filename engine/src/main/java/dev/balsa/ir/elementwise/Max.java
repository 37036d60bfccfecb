package dev.balsa.ir.elementwise;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// The greatest of the operands; NaN if one of them is (ONNX Max, opset 1 to 13).
public record Max() implements Variadic {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Max").variadic("data_0", Schema.NUMERIC).out("max").reader(node -> new Max());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double combine(double a, double b) {
        return Math.max(a, b);
    }

    @Override
    public long combine(long a, long b, DataType type) {
        return (type.isUnsigned() ? Long.compareUnsigned(a, b) : Long.compare(a, b)) >= 0 ? a : b;
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return in.inputs() == 2 ? LengthArithmetic.of(in, Max::of) : Optional.empty();
    }

    private static Dim of(Dim a, Dim b) {
        if (a.sameAs(b)) {
            return a;
        }
        return a.isKnown() && b.isKnown() ? Dim.of(Math.max(a.get(), b.get())) : Dim.UNKNOWN;
    }
}
