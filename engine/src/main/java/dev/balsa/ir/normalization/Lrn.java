package dev.balsa.ir.normalization;

import dev.balsa.error.ModelFormatException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// Local response normalisation: every element divided by a power of the squares in neighbouring channels (ONNX LRN,
/// opset 1 to 13). The input is an image `[batch, channels, spatial...]`.
///
/// @param size channels that are summed over: from `c - (size - 1) / 2` to `c + size / 2`, as far as they exist
/// @param alpha weight of the mean square
/// @param beta the exponent
/// @param bias added to the weighted mean square
public record Lrn(long size, float alpha, float beta, float bias) implements Normalization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("LRN")
            .in("X", Schema.FLOATS)
            .out("Y")
            .reader(node -> new Lrn(
                    node.integer("size"), node.real("alpha", 1e-4F), node.real("beta", 0.75F), node.real("bias", 1)));

    /// Checks the size.
    public Lrn {
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw new ModelFormatException(
                    "attribute \"size\": expected 1 to 2147483647, found " + size + "; check the model");
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        ChannelVector.channels(in.shape(0));
        return List.of(in.type(0));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        long channels = ChannelVector.channels(SymbolicShape.of(x.shape())).get();
        var y = run.output(0, x.type(), x.shape());
        if (x.size() == 0) {
            return;
        }
        long plane = x.size() / (x.shape().dim(0) * channels);
        for (long i = 0; i < x.size(); i++) {
            long channel = i / plane % channels;
            double squares = squares(x, i, channel, channels, plane);
            y.setDouble(i, x.getDouble(i) / Math.pow(bias + (double) alpha / size * squares, beta));
        }
    }

    /// The sum of squares around element `at`, which lies in the given channel.
    private double squares(Tensor x, long at, long channel, long channels, long plane) {
        long from = Math.max(0, channel - (size - 1) / 2);
        long to = Math.min(channels - 1, channel + size / 2);
        double sum = 0;
        for (long c = from; c <= to; c++) {
            double neighbour = x.getDouble(at + (c - channel) * plane);
            sum += neighbour * neighbour;
        }
        return sum;
    }
}
