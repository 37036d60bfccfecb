package dev.balsa.ir.indexing;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import java.util.List;

/// For every index the element of the data at the same place but for one axis, where the index says the place (ONNX
/// GatherElements, opset 11 to 13).
///
/// @param axis the axis, negative counted from the back
public record GatherElements(long axis) implements Indexing {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("GatherElements")
            .since(11)
            .in("data", Schema.ANY)
            .in("indices", Schema.INDICES)
            .out("output")
            .reader(node -> new GatherElements(node.integer("axis", 0)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        if (in.shape(0).hasRank()) {
            int at = Axes.normalize(axis, in.shape(0).rank());
            ElementPlaces.check(in.shape(0), in.shape(1), at);
        }
        return List.of(in.type(0).withShape(in.shape(1)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var data = run.input(0);
        var indices = run.input(1);
        var places = new ElementPlaces(
                data.shape(), indices, Axes.normalize(axis, data.shape().rank()));
        var y = run.output(0, data.type(), indices.shape());
        for (long i = 0; i < y.size(); i++) {
            y.copyElement(i, data, places.next());
        }
    }
}
