package dev.balsa.ir.window;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The transpose (gradient with respect to the image) of a convolution (ONNX ConvTranspose, opset 1 to 22).
///
/// Inputs: X `[batch, channels, spatial...]`, W `[channels, outputs / group, kernel...]`, optionally B `[outputs]`.
///
/// @param window how the kernel moves over the output
/// @param group groups of channels that do not see each other
/// @param outputPadding elements added to one side of each output dimension; empty for none
/// @param outputShape lengths of the output, from which the padding then follows; empty if they follow from the padding
public record ConvTranspose(WindowAttributes window, long group, List<Long> outputPadding, List<Long> outputShape)
        implements Window {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("ConvTranspose")
            .in("X", Schema.FLOATS)
            .in("W", Schema.FLOATS)
            .optional("B", Schema.FLOATS)
            .out("Y")
            .reader(ConvTranspose::read);

    /// Checks the groups and that lengths are not negative.
    public ConvTranspose {
        Conv.checkGroup(group);
        outputPadding = check("output_padding", outputPadding);
        outputShape = check("output_shape", outputShape);
    }

    private static List<Long> check(String name, List<Long> values) {
        if (values.stream().anyMatch(value -> value < 0 || value > Integer.MAX_VALUE)) {
            throw new ModelFormatException("attribute \"" + name + "\": expected values from 0 to 2147483647, found "
                    + values + "; check the model");
        }
        return List.copyOf(values);
    }

    private static ConvTranspose read(NodeReader node) {
        return new ConvTranspose(
                WindowAttributes.read(node),
                node.integer("group", 1),
                node.integers("output_padding"),
                node.integers("output_shape"));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(outputShape(in.shape(0), in.shape(1))));
    }

    private SymbolicShape outputShape(SymbolicShape image, SymbolicShape weights) {
        if (!image.hasRank() || !weights.hasRank()) {
            return image.hasRank() || weights.hasRank()
                    ? SymbolicShape.ofRank(image.hasRank() ? image.rank() : weights.rank())
                    : SymbolicShape.UNKNOWN;
        }
        check(image, weights);
        var dims = new ArrayList<Dim>(List.of(image.dim(0), weights.dim(1).times(Dim.of(group))));
        for (int axis = 0; axis < image.rank() - 2; axis++) {
            dims.add(length(axis, image.dim(axis + 2), weights.dim(axis + 2), image.rank() - 2));
        }
        return SymbolicShape.of(dims);
    }

    private void check(SymbolicShape image, SymbolicShape weights) {
        int rank = image.rank() - 2;
        window.checkRank(rank);
        boolean ranksFit = weights.rank() == image.rank()
                && (outputPadding.isEmpty() || outputPadding.size() == rank)
                && (outputShape.isEmpty() || outputShape.size() >= rank);
        if (!ranksFit || !image.dim(1).mayEqual(weights.dim(0))) {
            throw new ShapeException("input 1 \"W\": rank or channels differ; expected " + image.dim(1)
                    + " channels and rank " + image.rank() + ", as have the image and the attributes, found " + weights
                    + ", output_padding " + outputPadding + ", output_shape " + outputShape + "; check the model");
        }
        if (image.dim(1).isKnown() && image.dim(1).get() % group != 0) {
            throw new ShapeException("input 0 \"X\": groups do not divide the channels; expected a multiple of " + group
                    + ", found " + image + "; check the model");
        }
        for (int axis = 0; axis < rank; axis++) {
            var said = window.kernel().isEmpty()
                    ? Dim.UNKNOWN
                    : Dim.of(window.kernel().get(axis));
            if (weights.dim(axis + 2).is(0) || !weights.dim(axis + 2).mayEqual(said)) {
                throw new ShapeException("input 1 \"W\": kernel differs from attribute \"kernel_shape\", or is empty; "
                        + "expected " + window.kernel() + ", found " + weights + "; check the model");
            }
        }
    }

    private Dim length(int axis, Dim input, Dim kernel, int rank) {
        if (!outputShape.isEmpty()) {
            return Dim.of(outputShape.get(outputShape.size() - rank + axis));
        }
        var stride = Dim.of(window.stride(axis));
        if (window.autoPad().isSame()) {
            return input.times(stride);
        }
        var extent =
                kernel.minus(Dim.of(1)).times(Dim.of(window.dilation(axis))).plus(1);
        var length = input.minus(Dim.of(1))
                .times(stride)
                .plus(extent)
                .plus(padding(axis) - window.padBegin(axis) - window.padEnd(axis));
        if (length.isKnown() && length.get() < 0) {
            throw new ShapeException("attribute \"pads\": more padding than output in spatial dimension " + axis
                    + "; expected a length of 0 or more, found " + length + "; check the model");
        }
        return length;
    }

    private long padding(int axis) {
        return outputPadding.isEmpty() ? 0 : outputPadding.get(axis);
    }

    /// The geometry for concrete shapes of image and weights, as that of the convolution this is the transpose of:
    /// its `input` is this operator's output, its `output` this operator's image.
    ///
    /// @throws ShapeException if the shapes do not fit
    public WindowGeometry geometry(Shape image, Shape weights) {
        var shape = outputShape(SymbolicShape.of(image), SymbolicShape.of(weights));
        return new WindowGeometry(IntStream.range(0, image.rank() - 2)
                .mapToObj(axis -> axis(
                        axis,
                        image.dim(axis + 2),
                        weights.dim(axis + 2),
                        shape.dim(axis + 2).get()))
                .toList());
    }

    private WindowAxis axis(int axis, long image, long kernel, long output) {
        long stride = window.stride(axis);
        long dilation = window.dilation(axis);
        long begin = window.padBegin(axis);
        long end = window.padEnd(axis);
        if (!outputShape.isEmpty() || window.autoPad().isSame()) {
            long total =
                    Math.max(0, (image - 1) * stride + padding(axis) + WindowAxis.extent(kernel, dilation) - output);
            begin = window.autoPad().begin(total);
            end = total - begin;
        }
        return new WindowAxis(output, kernel, stride, dilation, begin, end, image);
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var w = run.input(1);
        var geometry = geometry(x.shape(), w.shape());
        long batch = x.shape().dim(0);
        long outputs = w.shape().dim(1) * group;
        var bias = Conv.bias(run, 2, outputs);
        var dims = new ArrayList<Long>(List.of(batch, outputs));
        geometry.axes().forEach(axis -> dims.add(axis.input()));
        var y = run.output(0, x.type(), Shape.of(dims));
        for (long image = 0; y.size() > 0 && image < batch; image++) {
            for (long m = 0; m < outputs; m++) {
                var sums = new double[geometry.inputSize()];
                Arrays.fill(sums, bias[(int) m]);
                spread(x, w, geometry, image, m, sums);
                Planes.write(y, (image * outputs + m) * sums.length, sums);
            }
        }
    }

    private void spread(Tensor x, Tensor w, WindowGeometry geometry, long image, long m, double[] sums) {
        long outputs = w.shape().dim(1);
        long channels = w.shape().dim(0) / group;
        long first = m / outputs * channels;
        long kernel = geometry.kernelSize();
        for (long c = first; c < first + channels; c++) {
            var plane = Planes.read(x, (image * w.shape().dim(0) + c) * geometry.outputSize(), geometry.outputSize());
            var weights = Planes.read(w, (c * outputs + m % outputs) * kernel, kernel);
            new PlaneSlide(geometry, sums, weights, plane).spread();
        }
    }
}
