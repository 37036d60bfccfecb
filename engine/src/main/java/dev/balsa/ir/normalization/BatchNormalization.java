package dev.balsa.ir.normalization;

import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Groups;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// Every channel normalised by a mean and variance, then scaled and shifted (ONNX BatchNormalization, opset 1 to 15).
/// The input is an image `[batch, channels, spatial...]`.
///
/// Mean and variance are inputs; in training they are those of the batch, and two more outputs are the inputs moved
/// toward them: `input * momentum + batch * (1 - momentum)`.
///
/// @param epsilon added to the variance
/// @param momentum how much of the given mean and variance stays in training
/// @param training whether the batch's own mean and variance are used
/// @param perElement whether every place of an image is a channel of its own (`spatial = 0`, opset below 9)
public record BatchNormalization(float epsilon, float momentum, boolean training, boolean perElement)
        implements Normalization {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("BatchNormalization")
            .in("X", Schema.FLOATS)
            .in("scale", Schema.FLOATS)
            .in("B", Schema.FLOATS)
            .in("input_mean", Schema.FLOATS)
            .in("input_var", Schema.FLOATS)
            .out("Y")
            .optionalOut("running_mean")
            .optionalOut("running_var")
            .reader(BatchNormalization::read);

    private static BatchNormalization read(NodeReader node) {
        if (node.outputs() > 3) {
            throw node.unsupported(
                    "the outputs saved_mean and saved_var (opset below 14); export the model for inference");
        }
        return new BatchNormalization(
                node.real("epsilon", 1e-5F),
                node.real("momentum", 0.9F),
                training(node),
                node.opset() < 9 && node.integer("spatial", 1) == 0);
    }

    private static boolean training(NodeReader node) {
        if (node.opset() >= 14) {
            return node.integer("training_mode", 0) != 0;
        }
        return node.opset() >= 7 ? node.outputs() > 1 : node.integer("is_test", 0) == 0;
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var channels = ChannelVector.channels(in.shape(0));
        for (int i = 1; i < 5 && !perElement; i++) {
            ChannelVector.check(in, i, channels);
        }
        return training ? List.of(in.type(0), in.type(3), in.type(4)) : List.of(in.type(0));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        if (x.size() == 0 && !training) {
            run.output(0, x.type(), x.shape());
            return;
        }
        var view = view(x.shape());
        long channels = view.dim(1);
        var scale = ChannelVector.read(run, 1, channels);
        var bias = ChannelVector.read(run, 2, channels);
        var mean = ChannelVector.read(run, 3, channels);
        var variance = ChannelVector.read(run, 4, channels);
        var y = run.output(0, x.type(), x.shape());
        var groups = Groups.along(view, List.of(0, 2));
        if (training) {
            var batchMean = mean.clone();
            var batchVariance = variance.clone();
            measure(groups, x, batchMean, batchVariance);
            move(run, 1, mean, batchMean);
            move(run, 2, variance, batchVariance);
            mean = batchMean;
            variance = batchVariance;
        }
        for (int c = 0; c < channels; c++) {
            var values = groups.doubles(x, c);
            double factor = scale[c] / Math.sqrt(variance[c] + epsilon);
            for (int i = 0; i < values.length; i++) {
                values[i] = (values[i] - mean[c]) * factor + bias[c];
            }
            groups.write(y, c, values);
        }
    }

    /// The input's shape as `[batch, channels, plane]`.
    private Shape view(Shape shape) {
        long channels = ChannelVector.channels(SymbolicShape.of(shape)).get();
        if (shape.size() == 0) {
            return Shape.of(0, channels, 0);
        }
        long plane = shape.size() / (shape.dim(0) * channels);
        return perElement ? Shape.of(shape.dim(0), channels * plane, 1) : Shape.of(shape.dim(0), channels, plane);
    }

    private static void measure(Groups groups, Tensor x, double[] mean, double[] variance) {
        for (int c = 0; c < mean.length; c++) {
            var moments = Moments.of(groups.doubles(x, c));
            mean[c] = moments.mean();
            variance[c] = moments.variance();
        }
    }

    private void move(Evaluation run, int index, double[] given, double[] batch) {
        if (!run.wants(index)) {
            return;
        }
        var input = run.input(index + 2);
        var moved = run.output(index, input.type(), input.shape());
        for (int c = 0; c < given.length; c++) {
            moved.setDouble(c, given[c] * momentum + batch[c] * (1.0 - momentum));
        }
    }
}
