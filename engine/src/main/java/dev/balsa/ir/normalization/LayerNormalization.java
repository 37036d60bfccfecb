package dev.balsa.ir.normalization;

import dev.balsa.ir.Axes;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// Rows brought to mean 0 and variance 1, then scaled and shifted; on request with the mean and inverse deviation
/// of each row, `1 / sqrt(variance + epsilon)` (ONNX LayerNormalization, opset 17; ONNX Runtime adds the same to
/// older opsets, and writes it into models of these).
///
/// @param axis the first dimension of a row; negative ones count from the back
/// @param epsilon added to the variance
/// @param stash the element type of mean and inverse deviation
public record LayerNormalization(long axis, float epsilon, DataType stash) implements RowNormalization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("LayerNormalization")
            .in("X", Schema.FLOATS)
            .in("Scale", Schema.FLOATS)
            .optional("B", Schema.FLOATS)
            .out("Y")
            .optionalOut("Mean")
            .optionalOut("InvStdDev")
            .reader(LayerNormalization::read);

    private static LayerNormalization read(NodeReader node) {
        var stash = node.dtype("stash_type").orElse(DataType.FLOAT32);
        if (!stash.isFloat()) {
            throw node.malformed("attribute \"stash_type\": expected a floating-point type, found " + stash);
        }
        return new LayerNormalization(node.integer("axis", -1), node.real("epsilon", 1e-5F), stash);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        check(in);
        var moments = new TensorType(stash, momentsShape(in.shape(0)));
        return List.of(in.type(0), moments, moments);
    }

    private SymbolicShape momentsShape(SymbolicShape shape) {
        if (!shape.hasRank()) {
            return SymbolicShape.UNKNOWN;
        }
        var result = shape;
        for (int i = Axes.normalize(axis, shape.rank()); i < shape.rank(); i++) {
            result = result.with(i, Dim.of(1));
        }
        return result;
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        Shape shape = momentsShape(SymbolicShape.of(x.shape())).known().orElseThrow();
        var y = run.output(0, x.type(), x.shape());
        Optional<Tensor> mean = run.wants(1) ? Optional.of(run.output(1, stash, shape)) : Optional.empty();
        Optional<Tensor> deviation = run.wants(2) ? Optional.of(run.output(2, stash, shape)) : Optional.empty();
        if (x.size() == 0 && mean.isEmpty() && deviation.isEmpty()) {
            return;
        }
        normalize(x, run.input(1), RowNormalization.optional(run, 2), y, (row, rowMean, inverse) -> {
            mean.ifPresent(tensor -> tensor.setDouble(row, rowMean));
            deviation.ifPresent(tensor -> tensor.setDouble(row, inverse));
        });
    }
}
