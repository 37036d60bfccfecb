package dev.balsa.ir.elementwise;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// The quotient; that of integers is rounded toward zero (ONNX Div, opset 1 to 14).
public record Div() implements Binary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Div")
            .in("A", Schema.NUMERIC)
            .in("B", Schema.NUMERIC)
            .out("C")
            .reader(node -> {
                LegacyBroadcast.align(node);
                return new Div();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double a, double b) {
        return a / b;
    }

    @Override
    public long apply(long a, long b, DataType type) {
        requireDivisor(b);
        return type.isUnsigned() ? Long.divideUnsigned(a, b) : a / b;
    }

    static void requireDivisor(long b) {
        if (b == 0) {
            throw new ShapeException("integer division by zero; expected a divisor other than 0, found 0; check the "
                    + "model's inputs");
        }
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return LengthArithmetic.of(in, Div::quotient);
    }

    private static Dim quotient(Dim a, Dim b) {
        if (a.isKnown() && b.isKnown()) {
            return b.is(0) ? Dim.UNKNOWN : Dim.of(a.get() / b.get());
        }
        return a.dividedBy(b);
    }
}
