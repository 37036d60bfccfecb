package dev.balsa.ir.normalization;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import java.util.List;
import java.util.Optional;

/// Rows divided by their root mean square, then scaled (ONNX RMSNormalization, opset 23). The output has the scale's
/// element type. (`stash_type` is met by any precision.)
///
/// @param axis the first dimension of a row; negative ones count from the back
/// @param epsilon added to the mean square
public record RmsNormalization(long axis, float epsilon) implements RowNormalization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("RMSNormalization")
            .since(23)
            .in("X", Schema.FLOATS)
            .in("scale", Schema.FLOATS)
            .out("Y")
            .reader(node -> new RmsNormalization(node.integer("axis", -1), node.real("epsilon", 1e-5F)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        check(in);
        return List.of(in.type(0).withType(in.dtype(1)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var scale = run.input(1);
        var y = run.output(0, scale.type(), x.shape());
        if (x.size() > 0) {
            normalize(x, scale, Optional.empty(), y, (row, mean, inverse) -> {});
        }
    }
}
