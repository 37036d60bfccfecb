package dev.balsa.ir.leaf;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// The number of elements of the input, as an int64 scalar (ONNX Size, opset 1 to 25).
public record Size() implements Leaf {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Size").in("data", Schema.ANY).out("size").reader(node -> new Size());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(TensorType.of(DataType.INT64));
    }

    @Override
    public Optional<List<Dim>> contents(Inference in) {
        return in.shape(0).dims().map(dims -> List.of(in.shape(0).size(0, dims.size())));
    }

    @Override
    public void evaluate(Evaluation run) {
        run.output(0, DataType.INT64, dev.balsa.tensor.Shape.scalar())
                .setLong(0, run.input(0).size());
    }
}
