package dev.balsa.ir.elementwise;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The same bits read as another element type of the same width (ONNX BitCast, opset 26).
///
/// @param to the new element type
public record BitCast(DataType to) implements Elementwise {
    private static final Set<DataType> BITS =
            DataType.all().stream().filter(type -> type != DataType.STRING).collect(Collectors.toUnmodifiableSet());

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("BitCast")
            .since(26)
            .in("input", BITS)
            .out("output")
            .reader(node -> new BitCast(
                    node.dtype("to").orElseThrow(() -> node.malformed("attribute \"to\" is missing; it is required"))));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        if (in.dtype(0).bits() != to.bits()) {
            throw in.mismatch(0, "cannot read its bits as " + to, to.bits() + " bits per element", in.dtype(0));
        }
        return List.of(in.type(0).withType(to));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        if (to == DataType.BOOL) {
            // The bytes of a bool are 0 and 1, whatever was cast to it.
            var y = run.output(0, to, x.shape());
            for (long i = 0; i < x.size(); i++) {
                y.setLong(i, x.getLong(i));
            }
        } else {
            run.pass(0, x.cast(to));
        }
    }
}
