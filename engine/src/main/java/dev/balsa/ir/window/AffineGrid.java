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

/// The grid for [GridSample] that an affine transformation makes (ONNX AffineGrid, opset 20, two or three dimensions).
///
/// Inputs: theta `[batch, n, n + 1]` and the size `[batch, channels, spatial...]` of the image to be sampled. Output:
/// `[batch, spatial..., n]`.
///
/// @param alignCorners whether -1 and 1 are the centres of the outermost elements, rather than their outer edges
public record AffineGrid(boolean alignCorners) implements Window {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("AffineGrid")
            .since(20)
            .in("theta", Schema.FLOATS)
            .in("size", Set.of(DataType.INT64))
            .out("grid")
            .reader(node -> new AffineGrid(node.integer("align_corners", 0) != 0));

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var size = in.contents(1);
        if (size.isEmpty() || size.get().size() < 3) {
            return List.of(in.type(0).withShape(SymbolicShape.UNKNOWN));
        }
        var dims = new ArrayList<Dim>();
        dims.add(size.get().getFirst());
        dims.addAll(size.get().subList(2, size.get().size()));
        dims.add(Dim.of(size.get().size() - 2L));
        return List.of(in.type(0).withShape(SymbolicShape.of(dims)));
    }

    @Override
    public void evaluate(Evaluation run) {
        var theta = run.input(0);
        var size = run.input(1).toLongArray();
        int n = size.length - 2;
        if (n < 1 || !theta.shape().equals(Shape.of(size[0], n, n + 1))) {
            throw new ShapeException("input 0 \"theta\": expected [batch, n, n + 1] for an image of size "
                    + Arrays.toString(size) + ", found " + theta.shape() + "; check the model");
        }
        var dims = new ArrayList<Long>();
        dims.add(size[0]);
        Arrays.stream(size, 2, size.length).forEach(dims::add);
        dims.add((long) n);
        var grid = run.output(0, theta.type(), Shape.of(dims));
        long places = grid.shape().size(1, n + 1);
        var at = new double[n + 1];
        at[n] = 1;
        for (long i = 0; grid.size() > 0 && i < size[0] * places; i++) {
            locate(i % places, size, at);
            transform(theta, i / places, at, grid, i);
        }
    }

    /// The place in the output, innermost dimension first.
    private void locate(long place, long[] size, double[] at) {
        long rest = place;
        for (int axis = size.length - 1; axis >= 2; axis--) {
            long index = rest % size[axis];
            rest /= size[axis];
            at[size.length - 1 - axis] = normalized(index, size[axis]);
        }
    }

    private double normalized(long index, long length) {
        if (alignCorners) {
            return length == 1 ? 0 : -1 + 2.0 * index / (length - 1);
        }
        return (2.0 * index + 1) / length - 1;
    }

    private static void transform(Tensor theta, long image, double[] at, Tensor grid, long place) {
        int n = at.length - 1;
        for (int row = 0; row < n; row++) {
            double sum = 0;
            for (int column = 0; column <= n; column++) {
                sum += theta.getDouble((image * n + row) * (n + 1) + column) * at[column];
            }
            grid.setDouble(place * n + row, sum);
        }
    }
}
