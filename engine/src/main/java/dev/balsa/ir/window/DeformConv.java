package dev.balsa.ir.window;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// A convolution whose kernel elements are displaced, place by place, by offsets that are computed, and weighted by a
/// mask (ONNX DeformConv, opset 19 to 22, two spatial dimensions).
///
/// Inputs: X `[batch, channels, h, w]`, W `[outputs, channels / group, kh, kw]`, offset
/// `[batch, offsetGroup * kh * kw * 2, oh, ow]` (vertical before horizontal), optionally B `[outputs]` and mask
/// `[batch, offsetGroup * kh * kw, oh, ow]`. Values between elements are interpolated linearly; outside is zero.
///
/// @param window how the kernel moves
/// @param group groups of channels that do not see each other
/// @param offsetGroup groups of channels that share offsets
public record DeformConv(WindowAttributes window, long group, long offsetGroup) implements Convolution {
    private static final int OFFSET = 2;
    private static final int BIAS = 3;
    private static final int MASK = 4;

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("DeformConv")
            .since(19)
            .in("X", Schema.FLOATS)
            .in("W", Schema.FLOATS)
            .in("offset", Schema.FLOATS)
            .optional("B", Schema.FLOATS)
            .optional("mask", Schema.FLOATS)
            .out("Y")
            .reader(node -> new DeformConv(
                    WindowAttributes.read(node), node.integer("group", 1), node.integer("offset_group", 1)));

    /// Checks that there is at least one group of each kind.
    public DeformConv {
        Conv.checkGroup(group);
        if (offsetGroup < 1 || offsetGroup > Integer.MAX_VALUE) {
            throw new ModelFormatException(
                    "attribute \"offset_group\": expected 1 or more, found " + offsetGroup + "; check the model");
        }
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var shape = outputShape(in.shape(0), in.shape(1));
        if (shape.hasRank()) {
            checkRank(shape.rank());
            if (in.has(BIAS)) {
                Convolution.checkBias(in.shape(BIAS), shape.dim(1));
            }
        }
        return List.of(in.type(0).withShape(shape));
    }

    private static void checkRank(int rank) {
        if (rank != 4) {
            throw new ShapeException("input 0 \"X\": expected an image of two spatial dimensions, found rank " + rank
                    + "; deformable convolutions are offered for images [batch, channels, height, width]");
        }
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var w = run.input(1);
        checkRank(x.shape().rank());
        var geometry = geometry(x.shape(), w.shape());
        long batch = x.shape().dim(0);
        long outputs = w.shape().dim(0);
        checkOffsets(run, x.shape(), geometry);
        var bias = Conv.bias(run, BIAS, outputs);
        var y = run.output(0, x.type(), Shape.of(geometry.outputDims(batch, outputs)));
        for (long image = 0; y.size() > 0 && image < batch; image++) {
            var samples = samples(run, geometry, image);
            for (int m = 0; m < outputs; m++) {
                Planes.write(y, (image * outputs + m) * geometry.outputSize(), weigh(w, geometry, samples, m, bias[m]));
            }
        }
    }

    private void checkOffsets(Evaluation run, Shape image, WindowGeometry geometry) {
        long displaced = offsetGroup * geometry.kernelSize();
        checkPlanes(run.input(OFFSET), "offset", geometry.outputDims(image.dim(0), 2 * displaced));
        if (run.has(MASK)) {
            checkPlanes(run.input(MASK), "mask", geometry.outputDims(image.dim(0), displaced));
        }
        if (image.dim(1) % offsetGroup != 0) {
            throw new ShapeException("input 0 \"X\": offset groups do not divide the channels; expected a multiple of "
                    + offsetGroup + ", found " + image + "; check the model");
        }
    }

    private static void checkPlanes(Tensor planes, String name, List<Long> expected) {
        if (!planes.shape().toList().equals(expected)) {
            throw new ShapeException("input \"" + name + "\": expected shape " + Shape.of(expected) + ", found "
                    + planes.shape() + "; check the model, or the shapes of its inputs");
        }
    }

    /// The displaced image values: by channel and kernel element, one plane of the output's size.
    private double[][][] samples(Evaluation run, WindowGeometry geometry, long image) {
        var x = run.input(0);
        int channels = (int) x.shape().dim(1);
        int kernel = (int) geometry.kernelSize();
        var samples = new double[channels][kernel][];
        for (int c = 0; c < channels; c++) {
            var plane = Planes.read(x, (image * channels + c) * geometry.inputSize(), geometry.inputSize());
            long offsets = image * offsetGroup + c / (channels / offsetGroup);
            for (int k = 0; k < kernel; k++) {
                samples[c][k] = sample(run, geometry, plane, offsets * kernel + k, k);
            }
        }
        return samples;
    }

    private static double[] sample(Evaluation run, WindowGeometry geometry, double[] plane, long displaced, int k) {
        var rows = geometry.axes().get(0);
        var columns = geometry.axes().get(1);
        int size = geometry.outputSize();
        var down = Planes.read(run.input(OFFSET), 2 * displaced * size, size);
        var right = Planes.read(run.input(OFFSET), (2 * displaced + 1) * size, size);
        var values = new double[size];
        for (int o = 0; o < size; o++) {
            double h = rows.position(o / columns.output(), k / columns.kernel()) + down[o];
            double w = columns.position(o % columns.output(), k % columns.kernel()) + right[o];
            values[o] = Bilinear.zeroOutside(plane, (int) rows.input(), (int) columns.input(), h, w);
            if (run.has(MASK)) {
                values[o] *= run.input(MASK).getDouble(displaced * size + o);
            }
        }
        return values;
    }

    private double[] weigh(Tensor w, WindowGeometry geometry, double[][][] samples, int m, double bias) {
        int channels = (int) w.shape().dim(1);
        int kernel = (int) geometry.kernelSize();
        int first = (int) (m / (w.shape().dim(0) / group) * channels);
        var sums = new double[geometry.outputSize()];
        Arrays.fill(sums, bias);
        for (int c = 0; c < channels; c++) {
            for (int k = 0; k < kernel; k++) {
                double weight = w.getDouble(((long) m * channels + c) * kernel + k);
                var values = samples[first + c][k];
                for (int o = 0; o < sums.length; o++) {
                    sums[o] += weight * values[o];
                }
            }
        }
        return sums;
    }
}
