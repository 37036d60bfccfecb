package dev.balsa.ir.elementwise;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import java.util.List;
import java.util.Optional;

/// Whether the operands are equal (ONNX Equal, opset 1 to 19); also on bools and strings.
public record Equal() implements Comparison {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Equal")
            .in("A", Schema.ANY)
            .in("B", Schema.ANY)
            .out("C")
            .reader(node -> {
                LegacyBroadcast.align(node);
                return new Equal();
            });

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public boolean holds(double a, double b) {
        return a == b;
    }

    @Override
    public boolean holds(int order) {
        return order == 0;
    }

    /// Of lengths, where they are certainly equal or certainly different.
    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return LengthArithmetic.of(in, Equal::compare)
                .filter(found -> found.stream().allMatch(Dim::isKnown));
    }

    private static Dim compare(Dim a, Dim b) {
        return a.sameAs(b) ? Dim.of(1) : a.differsFrom(b) ? Dim.of(0) : Dim.UNKNOWN;
    }
}
