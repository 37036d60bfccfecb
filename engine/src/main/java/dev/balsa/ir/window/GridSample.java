package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// An image sampled at the places of a grid (ONNX GridSample, opset 16 to 22, any number of spatial dimensions).
///
/// Inputs: X `[batch, channels, spatial...]` and the grid `[batch, output..., dimensions]` with places from -1 to 1,
/// the innermost dimension's first.
///
/// @param mode how values between elements are made; cubic with the coefficient -0.75
/// @param padding what lies beyond the border
/// @param alignCorners whether -1 and 1 are the centres of the outermost elements, rather than their outer edges
public record GridSample(Interpolation mode, Padding padding, boolean alignCorners) implements Window {
    private static final double CUBIC_A = -0.75;

    /// What lies beyond the border of the image.
    public enum Padding {
        /// Zeros.
        ZEROS,
        /// The outermost element, repeated.
        BORDER,
        /// The image, mirrored at its border.
        REFLECTION
    }

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("GridSample")
            .since(16)
            .in("X", Schema.ANY)
            .in("grid", Schema.FLOATS)
            .out("Y")
            .reader(GridSample::read);

    private static GridSample read(NodeReader node) {
        var mode = node.string("mode", "linear");
        var padding = node.string("padding_mode", "zeros");
        return new GridSample(
                switch (mode) {
                    case "linear", "bilinear" -> Interpolation.LINEAR;
                    case "nearest" -> Interpolation.NEAREST;
                    case "cubic", "bicubic" -> Interpolation.CUBIC;
                    default -> throw unknown(node, "mode", "linear, nearest or cubic", mode);
                },
                switch (padding) {
                    case "zeros" -> Padding.ZEROS;
                    case "border" -> Padding.BORDER;
                    case "reflection" -> Padding.REFLECTION;
                    default -> throw unknown(node, "padding_mode", "zeros, border or reflection", padding);
                },
                node.integer("align_corners", 0) != 0);
    }

    private static RuntimeException unknown(NodeReader node, String attribute, String expected, String found) {
        return node.malformed("attribute \"" + attribute + "\": expected " + expected + ", found \"" + found + "\"");
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(outputShape(in.shape(0), in.shape(1))));
    }

    private static SymbolicShape outputShape(SymbolicShape image, SymbolicShape grid) {
        if (!image.hasRank() || !grid.hasRank()) {
            return SymbolicShape.UNKNOWN;
        }
        boolean fit = image.rank() >= 3
                && grid.rank() == image.rank()
                && grid.dim(-1).mayEqual(Dim.of(image.rank() - 2))
                && grid.dim(0).mayEqual(image.dim(0));
        if (!fit) {
            throw new ShapeException("input 1 \"grid\": expected [batch, output..., dimensions] for an image " + image
                    + ", found " + grid + "; check the model, or the shapes of its inputs");
        }
        var dims = new ArrayList<Dim>(List.of(image.dim(0), image.dim(1)));
        dims.addAll(grid.list().subList(1, grid.rank() - 1));
        return SymbolicShape.of(dims);
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var grid = run.input(1);
        var shape = outputShape(SymbolicShape.of(x.shape()), SymbolicShape.of(grid.shape()));
        var y = run.output(0, x.type(), shape.known().orElseThrow());
        if (y.size() > 0 && x.size() == 0) {
            throw new ShapeException("input 0 \"X\": nothing to sample; expected an image with elements, found "
                    + x.shape() + "; check the shapes of the model's inputs");
        }
        if (mode != Interpolation.NEAREST && x.type() == DataType.STRING) {
            throw new ShapeException(
                    "input 0 \"X\": strings cannot be interpolated; expected numbers; use mode nearest");
        }
        int rank = x.shape().rank() - 2;
        long places = grid.shape().size(1, rank + 1);
        long channels = x.shape().dim(1);
        for (long image = 0; y.size() > 0 && image < x.shape().dim(0); image++) {
            for (long place = 0; place < places; place++) {
                var axes = taps(x.shape(), grid, image * places + place);
                for (long c = image * channels; c < (image + 1) * channels; c++) {
                    set(y, c * places + place, x, c, axes);
                }
            }
        }
    }

    private void set(Tensor y, long to, Tensor x, long plane, List<GridTaps> axes) {
        if (mode != Interpolation.NEAREST) {
            y.setDouble(to, sum(x, plane, axes, 0));
            return;
        }
        long from = plane;
        for (int axis = 0; axis < axes.size(); axis++) {
            if (axes.get(axis).element(0) == GridTaps.NONE) {
                return;
            }
            from = from * x.shape().dim(axis + 2) + axes.get(axis).element(0);
        }
        y.copyElement(to, x, from);
    }

    /// What one place of the grid is made of, dimension by dimension.
    private List<GridTaps> taps(Shape image, Tensor grid, long place) {
        int rank = image.rank() - 2;
        var axes = new ArrayList<GridTaps>(rank);
        for (int axis = 0; axis < rank; axis++) {
            // The grid names the innermost dimension first.
            double at = grid.getDouble(place * rank + rank - 1 - axis);
            axes.add(taps(at, image.dim(axis + 2)));
        }
        return axes;
    }

    private GridTaps taps(double at, long length) {
        // Places are float32 where grids are; deciding ties needs the same rounding.
        double place = (float) (alignCorners ? (at + 1) / 2 * (length - 1) : ((at + 1) * length - 1) / 2);
        if (mode == Interpolation.NEAREST) {
            return new GridTaps(List.of(element(Math.rint(place), length)), List.of(1.0));
        }
        double inside = bring(place, length);
        double base = Math.floor(inside);
        var elements = new ArrayList<Long>();
        var weights = new ArrayList<Double>();
        for (int t = 1 - mode.reach(); t <= mode.reach(); t++) {
            elements.add(element(base + t, length));
            weights.add(mode.weight(base + t - inside, CUBIC_A));
        }
        return new GridTaps(elements, weights);
    }

    /// The place moved into the image, unless zeros lie beyond it.
    private double bring(double place, long length) {
        return switch (padding) {
            case ZEROS -> place;
            case BORDER -> Double.isNaN(place) ? 0 : Math.clamp(place, 0, length - 1.0);
            case REFLECTION -> reflect(place, length);
        };
    }

    private double reflect(double place, long length) {
        double least = alignCorners ? 0 : -0.5;
        double span = alignCorners ? length - 1.0 : length;
        if (span == 0 || !Double.isFinite(place)) {
            return 0;
        }
        double away = Math.abs(place - least);
        double turns = Math.floor(away / span);
        double rest = away - turns * span;
        return least + (turns % 2 == 0 ? rest : span - rest);
    }

    /// The element at a whole place, [GridTaps#NONE] for a zero beyond the border.
    private long element(double place, long length) {
        if (padding == Padding.ZEROS && !(place >= 0 && place < length)) {
            return GridTaps.NONE;
        }
        double inside = padding == Padding.REFLECTION ? reflect(place, length) : place;
        return (long) Math.clamp(Double.isNaN(inside) ? 0 : inside, 0, length - 1.0);
    }

    private static double sum(Tensor x, long at, List<GridTaps> axes, int axis) {
        if (axis == axes.size()) {
            return x.getDouble(at);
        }
        double sum = 0;
        var taps = axes.get(axis);
        for (int t = 0; t < taps.elements().size(); t++) {
            if (taps.element(t) != GridTaps.NONE) {
                long next = at * x.shape().dim(axis + 2) + taps.element(t);
                sum += taps.weights().get(t) * sum(x, next, axes, axis + 1);
            }
        }
        return sum;
    }
}
