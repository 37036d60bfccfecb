package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Adds columns of window elements up to the image they came from (ONNX Col2Im, opset 18).
///
/// Inputs: columns `[batch, channels * block elements, windows]`, the lengths of the image, the lengths of a block.
///
/// @param window how the block moved over the image; its kernel is empty, the block is an input
public record Col2Im(WindowAttributes window) implements Window {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Col2Im")
            .since(18)
            .in("input", Schema.NUMERIC)
            .in("image_shape", Set.of(DataType.INT64))
            .in("block_shape", Set.of(DataType.INT64))
            .out("output")
            .reader(node -> new Col2Im(new WindowAttributes(
                    List.of(),
                    node.integers("strides"),
                    node.integers("dilations"),
                    node.integers("pads"),
                    AutoPad.NOTSET,
                    false)));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var image = in.contents(1);
        if (image.isEmpty() || !in.shape(0).hasRank()) {
            return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN));
        }
        if (in.shape(0).rank() != 3) {
            throw in.mismatch(0, "wrong rank", "[batch, channels * block, windows]", in.shape(0));
        }
        var block = in.contents(2).map(SymbolicShape::of);
        var channels = block.map(b -> in.shape(0).dim(1).dividedBy(b.size(0, b.rank())))
                .orElse(Dim.UNKNOWN);
        var dims = new ArrayList<Dim>(List.of(in.shape(0).dim(0), channels));
        dims.addAll(image.get());
        return List.of(in.type(0).withShape(SymbolicShape.of(dims)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var imageLengths = run.input(1).toLongArray();
        var blockLengths = run.input(2).toLongArray();
        var geometry = geometry(x.shape(), imageLengths, blockLengths);
        long block = geometry.kernelSize();
        long channels = x.shape().dim(1) / block;
        var dims = new ArrayList<Long>(List.of(x.shape().dim(0), channels));
        Arrays.stream(imageLengths).forEach(dims::add);
        var y = run.output(0, x.type(), Shape.of(dims));
        for (long plane = 0; y.size() > 0 && plane < x.shape().dim(0) * channels; plane++) {
            addUp(x, y, geometry, plane);
        }
    }

    private WindowGeometry geometry(Shape columns, long[] image, long[] block) {
        boolean fit = columns.rank() == 3
                && image.length == block.length
                && Arrays.stream(image).allMatch(length -> length >= 0 && length <= Integer.MAX_VALUE)
                && Arrays.stream(block).allMatch(length -> length >= 1 && length <= Integer.MAX_VALUE);
        if (fit) {
            var dims = new ArrayList<Long>(List.of(columns.dim(0), columns.dim(1)));
            Arrays.stream(image).forEach(dims::add);
            var geometry =
                    window.over(Shape.of(dims), Arrays.stream(block).boxed().toList());
            double elements = Arrays.stream(block).asDoubleStream().reduce(1, (a, b) -> a * b);
            if (elements <= Math.max(1, columns.dim(1))
                    && columns.dim(1) % geometry.kernelSize() == 0
                    && columns.dim(2) == geometry.outputSize()) {
                return geometry;
            }
        }
        throw new ShapeException("input 0: expected columns [batch, channels * block elements, windows] for an image "
                + Arrays.toString(image) + " and a block " + Arrays.toString(block) + ", found " + columns
                + "; check the model, or the shapes of its inputs");
    }

    private static void addUp(Tensor x, Tensor y, WindowGeometry geometry, long plane) {
        long from = plane * geometry.kernelSize() * geometry.outputSize();
        if (y.type().isFloat()) {
            var sums = new double[geometry.inputSize()];
            geometry.forEachTap((at, k, o) -> sums[at] += x.getDouble(from + (long) k * geometry.outputSize() + o));
            Planes.write(y, plane * sums.length, sums);
        } else {
            var sums = new long[geometry.inputSize()];
            geometry.forEachTap((at, k, o) -> sums[at] += x.getLong(from + (long) k * geometry.outputSize() + o));
            for (int i = 0; i < sums.length; i++) {
                y.setLong(plane * sums.length + i, sums[i]);
            }
        }
    }
}
