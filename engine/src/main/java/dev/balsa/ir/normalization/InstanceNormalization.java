package dev.balsa.ir.normalization;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import java.util.List;

/// Every channel of every image brought to mean 0 and variance 1, then scaled and shifted by numbers per channel (ONNX
/// InstanceNormalization, opset 1 to 22). The input is an image `[batch, channels, spatial...]`.
///
/// @param epsilon added to the variance
public record InstanceNormalization(float epsilon) implements Normalization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("InstanceNormalization")
            .in("input", Schema.FLOATS)
            .in("scale", Schema.FLOATS)
            .in("B", Schema.FLOATS)
            .out("output")
            .reader(node -> new InstanceNormalization(node.real("epsilon", 1e-5F)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var channels = ChannelVector.channels(in.shape(0));
        ChannelVector.check(in, 1, channels);
        ChannelVector.check(in, 2, channels);
        return List.of(in.type(0));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        long channels = ChannelVector.channels(SymbolicShape.of(x.shape())).get();
        var scale = ChannelVector.read(run, 1, channels);
        var bias = ChannelVector.read(run, 2, channels);
        var y = run.output(0, x.type(), x.shape());
        new ChannelGroups(channels, epsilon).normalize(x, y, scale, bias);
    }
}
