package dev.balsa.ir.elementwise;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// The element with the other sign; the least integer of a type stays what it is (ONNX Neg, opset 1 to 13).
public record Neg() implements Unary {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Neg").in("X", Schema.NUMERIC).out("Y").reader(node -> new Neg());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public double apply(double x) {
        return -x;
    }

    @Override
    public long apply(long x, DataType type) {
        return -x;
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return in.contents(0)
                .map(dims -> dims.stream().map(dim -> dim.times(Dim.of(-1))).toList());
    }
}
