package dev.balsa.ir.window;

import dev.balsa.error.ModelFormatException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// The convolution (cross-correlation) of an image with one kernel per output channel (ONNX Conv, opset 1 to 22).
///
/// Inputs: X `[batch, channels, spatial...]`, W `[outputs, channels / group, kernel...]`, optionally B `[outputs]`.
///
/// @param window how the kernel moves; `ceil` has no meaning here
/// @param group groups of channels that do not see each other
public record Conv(WindowAttributes window, long group) implements Convolution {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Conv")
            .in("X", Schema.FLOATS)
            .in("W", Schema.FLOATS)
            .optional("B", Schema.FLOATS)
            .out("Y")
            .reader(node -> new Conv(WindowAttributes.read(node), node.integer("group", 1)));

    /// Checks that there is at least one group.
    public Conv {
        checkGroup(group);
    }

    static void checkGroup(long group) {
        if (group < 1 || group > Integer.MAX_VALUE) {
            throw new ModelFormatException(
                    "attribute \"group\": expected 1 or more, found " + group + "; check the model");
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var shape = outputShape(in.shape(0), in.shape(1));
        if (in.has(2) && shape.hasRank()) {
            Convolution.checkBias(in.shape(2), shape.dim(1));
        }
        return List.of(in.type(0).withShape(shape));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var w = run.input(1);
        var geometry = geometry(x.shape(), w.shape());
        long batch = x.shape().dim(0);
        long outputs = w.shape().dim(0);
        var bias = bias(run, 2, outputs);
        var y = run.output(0, x.type(), Shape.of(geometry.outputDims(batch, outputs)));
        if (y.size() == 0) {
            return;
        }
        for (long image = 0; image < batch; image++) {
            for (long g = 0; g < group; g++) {
                convolveGroup(x, w, bias, y, geometry, image, g);
            }
        }
    }

    /// The bias of every output channel, zeros if there is none.
    static double[] bias(Evaluation run, int index, long outputs) {
        if (!run.has(index)) {
            return new double[Planes.length(outputs)];
        }
        Convolution.checkBias(SymbolicShape.of(run.input(index).shape()), Dim.of(outputs));
        return run.input(index).toDoubleArray();
    }

    private void convolveGroup(
            Tensor x, Tensor w, double[] bias, Tensor y, WindowGeometry geometry, long image, long g) {
        long channels = w.shape().dim(1);
        long kernel = geometry.kernelSize();
        var planes = new double[(int) channels][];
        for (int c = 0; c < channels; c++) {
            long plane = image * x.shape().dim(1) + g * channels + c;
            planes[c] = Planes.read(x, plane * geometry.inputSize(), geometry.inputSize());
        }
        var sums = new double[geometry.outputSize()];
        long outputs = w.shape().dim(0) / group;
        for (long m = g * outputs; m < (g + 1) * outputs; m++) {
            Arrays.fill(sums, bias[(int) m]);
            for (int c = 0; c < channels; c++) {
                var weights = Planes.read(w, (m * channels + c) * kernel, kernel);
                new PlaneSlide(geometry, planes[c], weights, sums).gather();
            }
            Planes.write(y, (image * bias.length + m) * sums.length, sums);
        }
    }
}
