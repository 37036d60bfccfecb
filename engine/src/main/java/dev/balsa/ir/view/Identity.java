package dev.balsa.ir.view;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import java.util.List;
import java.util.Optional;

/// The input itself (ONNX Identity, opset 1 to 25).
public record Identity() implements View {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Identity").in("input", Schema.ANY).out("output").reader(node -> new Identity());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0));
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return in.contents(0);
    }

    @Override
    public Shape shape(Evaluation run) {
        return run.input(0).shape();
    }
}
