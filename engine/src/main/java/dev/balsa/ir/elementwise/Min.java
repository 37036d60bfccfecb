package dev.balsa.ir.elementwise;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// The least of the operands; NaN if one of them is (ONNX Min, opset 1 to 13).
public record Min() implements Variadic {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Min").variadic("data_0", Schema.NUMERIC).out("min").reader(node -> new Min());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double combine(double a, double b) {
        return Math.min(a, b);
    }

    @Override
    public long combine(long a, long b, DataType type) {
        return (type.isUnsigned() ? Long.compareUnsigned(a, b) : Long.compare(a, b)) <= 0 ? a : b;
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return in.inputs() == 2 ? LengthArithmetic.of(in, Min::of) : Optional.empty();
    }

    private static Dim of(Dim a, Dim b) {
        if (a.sameAs(b)) {
            return a;
        }
        return a.isKnown() && b.isKnown() ? Dim.of(Math.min(a.get(), b.get())) : Dim.UNKNOWN;
    }
}
