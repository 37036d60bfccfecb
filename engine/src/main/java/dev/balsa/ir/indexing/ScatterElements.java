package dev.balsa.ir.indexing;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import java.util.List;

/// The data with an update for every index written to the same place but for one axis, where the index says the place
/// (ONNX ScatterElements, opset 11 to 18; Scatter, opset 9 to 11).
///
/// Updates are written in row-major order; of several to one place without a reduction the last one stands.
///
/// @param axis the axis, negative counted from the back
/// @param reduction how an update meets the element that is there
public record ScatterElements(long axis, ScatterReduction reduction) implements Indexing {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            signature("ScatterElements").since(11).alias(signature("Scatter").since(9));

    private static Schema signature(String name) {
        return Schema.of(name)
                .in("data", Schema.ANY)
                .in("indices", Schema.INDICES)
                .in("updates", Schema.ANY)
                .out("output")
                .reader(node -> new ScatterElements(node.integer("axis", 0), ScatterReduction.read(node)));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        reduction.check(in.dtype(0));
        if (in.dtype(0) != in.dtype(2)) {
            throw in.mismatch(2, "wrong element type", "that of the data, " + in.dtype(0), in.dtype(2));
        }
        if (in.shape(0).hasRank()) {
            ElementPlaces.check(
                    in.shape(0), in.shape(1), Axes.normalize(axis, in.shape(0).rank()));
        }
        return List.of(in.type(0));
    }

    @Override
    public void evaluate(Evaluation run) {
        var data = run.input(0);
        var indices = run.input(1);
        var updates = run.input(2);
        if (!indices.shape().equals(updates.shape())) {
            throw new ShapeException("input 2: expected as many updates as indices, " + indices.shape() + ", found "
                    + updates.shape() + "; check the shapes of the model's inputs");
        }
        var places = new ElementPlaces(
                data.shape(), indices, Axes.normalize(axis, data.shape().rank()));
        var y = run.output(0, data.type(), data.shape());
        y.copyFrom(data);
        for (long i = 0; i < updates.size(); i++) {
            reduction.write(y, places.next(), updates, i);
        }
    }
}
