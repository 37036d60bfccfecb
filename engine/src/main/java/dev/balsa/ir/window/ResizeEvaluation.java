package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// The plain evaluation of [Resize]: dimensions that stay as they are at the front are walked over, the rest is
/// interpolated one dimension after the other in double precision.
final class ResizeEvaluation {
    private final Resize resize;
    private final List<ResizeTable> tables;

    ResizeEvaluation(Resize resize, List<ResizeAxis> axes) {
        this.resize = resize;
        tables = axes.stream().map(resize::table).toList();
    }

    void run(Tensor x, Tensor y) {
        if (resize.mode() == Interpolation.NEAREST) {
            pick(x, y, 0, 0, 0, false);
        } else {
            interpolate(x, y);
        }
    }

    private void pick(Tensor x, Tensor y, int axis, long from, long to, boolean outside) {
        if (axis == tables.size()) {
            if (!outside) {
                y.copyElement(to, x, from);
            } else if (y.type() != DataType.STRING) {
                y.setDouble(to, resize.extrapolation());
            }
            return;
        }
        var table = tables.get(axis);
        for (int o = 0; o < table.outputs(); o++) {
            long source = from * x.shape().dim(axis) + table.source(o, 0);
            pick(x, y, axis + 1, source, to * table.outputs() + o, outside || table.isOutside(o));
        }
    }

    private void interpolate(Tensor x, Tensor y) {
        if (x.type() == DataType.STRING) {
            throw new ShapeException(
                    "input 0 \"X\": strings cannot be interpolated; expected numbers; use mode nearest");
        }
        int first = 0;
        while (first < tables.size() && tables.get(first).isIdentity(x.shape().dim(first))) {
            first++;
        }
        long slices = x.shape().size(0, first);
        long inSlice = checkSlice(x.shape().size(first, x.shape().rank()));
        long outSlice = checkSlice(y.shape().size(first, y.shape().rank()));
        for (long slice = 0; slice < slices; slice++) {
            var values = Planes.read(x, slice * inSlice, inSlice);
            Planes.write(y, slice * outSlice, interpolate(values, x.shape(), first));
        }
    }

    private static long checkSlice(long elements) {
        if (elements > Integer.MAX_VALUE) {
            throw new ShapeException("resize: expected at most " + Integer.MAX_VALUE + " elements per image, found "
                    + elements + "; split the image");
        }
        return elements;
    }

    /// Dimensions are done from the outermost inwards, so that those further in still have the input's lengths.
    private double[] interpolate(double[] slice, Shape shape, int first) {
        var values = slice;
        for (int axis = first; axis < tables.size(); axis++) {
            int length = (int) shape.dim(axis);
            if (!tables.get(axis).isIdentity(length)) {
                values = along(values, tables.get(axis), length, (int) shape.size(axis + 1, shape.rank()));
            }
        }
        return values;
    }

    /// Interpolates along one dimension of `[outer, length, inner]`.
    private double[] along(double[] values, ResizeTable table, int length, int inner) {
        int outer = values.length / (length * inner);
        var result = new double[(int) checkSlice((long) outer * table.outputs() * inner)];
        for (int row = 0; row < outer * table.outputs(); row++) {
            int o = row % table.outputs();
            int to = row * inner;
            if (table.isOutside(o)) {
                Arrays.fill(result, to, to + inner, resize.extrapolation());
                continue;
            }
            for (int t = 0; t < table.taps(); t++) {
                int from = (row / table.outputs() * length + table.source(o, t)) * inner;
                double weight = table.weight(o, t);
                for (int i = 0; i < inner; i++) {
                    result[to + i] += weight * values[from + i];
                }
            }
        }
        return result;
    }
}
