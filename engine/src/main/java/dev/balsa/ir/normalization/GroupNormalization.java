package dev.balsa.ir.normalization;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import java.util.List;

/// Groups of channels of every image brought to mean 0 and variance 1, then scaled and shifted (ONNX
/// GroupNormalization, opset 18 to 21). The input is an image `[batch, channels, spatial...]`. (`stash_type` is met by
/// any precision.)
///
/// @param groups groups of neighbouring channels
/// @param epsilon added to the variance
/// @param perGroup whether scale and bias have a number per group (opset below 21), and not per channel
public record GroupNormalization(long groups, float epsilon, boolean perGroup) implements Normalization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("GroupNormalization")
            .since(18)
            .in("X", Schema.FLOATS)
            .in("scale", Schema.FLOATS)
            .in("bias", Schema.FLOATS)
            .out("Y")
            .reader(node ->
                    new GroupNormalization(node.integer("num_groups"), node.real("epsilon", 1e-5F), node.opset() < 21));

    /// Checks that there is at least one group.
    public GroupNormalization {
        if (groups < 1 || groups > Integer.MAX_VALUE) {
            throw new ModelFormatException(
                    "attribute \"num_groups\": expected 1 to 2147483647, found " + groups + "; check the model");
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var channels = channels(in.shape(0));
        var numbers = perGroup ? Dim.of(groups) : channels;
        ChannelVector.check(in, 1, numbers);
        ChannelVector.check(in, 2, numbers);
        return List.of(in.type(0));
    }

    private Dim channels(SymbolicShape image) {
        var channels = ChannelVector.channels(image);
        if (channels.isKnown() && channels.get() % groups != 0) {
            throw new ShapeException("input 0: " + groups + " groups do not divide the channels; expected a multiple "
                    + "of " + groups + ", found " + channels + "; check attribute \"num_groups\"");
        }
        return channels;
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        long channels = channels(SymbolicShape.of(x.shape())).get();
        long numbers = perGroup ? groups : channels;
        var scale = ChannelVector.read(run, 1, numbers);
        var bias = ChannelVector.read(run, 2, numbers);
        var y = run.output(0, x.type(), x.shape());
        new ChannelGroups(groups, epsilon).normalize(x, y, scale, bias);
    }
}
