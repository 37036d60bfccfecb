package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Axes;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// An image brought to another size (ONNX Resize, opset 10 to 19, and Upsample, opset 1 to 9).
///
/// Inputs: X of any rank; optionally the region of interest (begins, then ends), scales, sizes. Scales or sizes are
/// given; an empty one counts as left out. Interpolation is separable: [#axes] and [#table] say per dimension what is
/// made of what.
///
/// @param mode how values between elements are made
/// @param coordinates how output places map to input places
/// @param nearest which element is nearest, for [Interpolation#NEAREST]
/// @param antialias whether shrinking averages over all elements that an output element covers
/// @param excludeOutside whether elements beyond the border have no weight, instead of repeating the border
/// @param cubicA the coefficient of cubic convolution
/// @param extrapolation the value outside of the input, for [CoordinateMode#TF_CROP_AND_RESIZE]
/// @param policy what becomes of proportions when sizes are given
/// @param resized the dimensions that roi, scales and sizes speak of; empty for all, in order
public record Resize(
        Interpolation mode,
        CoordinateMode coordinates,
        NearestMode nearest,
        boolean antialias,
        boolean excludeOutside,
        double cubicA,
        double extrapolation,
        AspectPolicy policy,
        List<Long> resized)
        implements Window {
    private static final int REGION = 1;
    private static final int SCALES = 2;
    private static final int SIZES = 3;

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Resize")
            .since(10)
            .in("X", Schema.ANY)
            .optional("roi", Schema.FLOATS)
            .optional("scales", Set.of(DataType.FLOAT32))
            .optional("sizes", Set.of(DataType.INT64))
            .out("Y")
            .reader(ResizeReader::read)
            .alias(Schema.of("Upsample")
                    .in("X", Schema.ANY)
                    .optional("scales", Set.of(DataType.FLOAT32))
                    .out("Y")
                    .reader(ResizeReader::readUpsample));

    /// Copies the list.
    public Resize {
        resized = List.copyOf(resized);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(in.shape(0).hasRank() ? inferShape(in) : SymbolicShape.UNKNOWN));
    }

    private SymbolicShape inferShape(Inference in) {
        var image = in.shape(0);
        var which = which(image.rank());
        var scales = in.constant(SCALES).filter(tensor -> tensor.size() > 0);
        var sizes = in.contents(SIZES).filter(dims -> !dims.isEmpty());
        if (scales.isPresent() && image.isKnown()) {
            return known(axes(image.known().orElseThrow(), Optional.empty(), scales, Optional.empty()));
        }
        if (scales.isPresent()) {
            checkCount("scales", scales.get().size(), which.size());
            for (int i = 0; i < which.size(); i++) {
                image = image.with(
                        which.get(i),
                        scaled(image.dim(which.get(i)), scales.get().getFloat(i)));
            }
            return image;
        }
        for (int i = 0; i < which.size(); i++) {
            boolean stretched = sizes.isPresent()
                    && policy == AspectPolicy.STRETCH
                    && sizes.get().size() == which.size();
            image = image.with(which.get(i), stretched ? sizes.get().get(i) : Dim.UNKNOWN);
        }
        return fitted(in, image);
    }

    private SymbolicShape fitted(Inference in, SymbolicShape image) {
        var sizes = in.longs(SIZES).filter(values -> !values.isEmpty());
        if (policy == AspectPolicy.STRETCH || sizes.isEmpty() || !in.shape(0).isKnown()) {
            return image;
        }
        return known(axes(in.shape(0).known().orElseThrow(), Optional.empty(), Optional.empty(), in.constant(SIZES)));
    }

    private static Dim scaled(Dim length, float scale) {
        ResizeAxis.checkScale(scale);
        if (length.isKnown()) {
            return Dim.of(ResizeAxis.scaledLength(length.get(), scale));
        }
        return scale == Math.rint(scale) && scale < Integer.MAX_VALUE
                ? length.times(Dim.of((long) scale))
                : Dim.UNKNOWN;
    }

    private static SymbolicShape known(List<ResizeAxis> axes) {
        return SymbolicShape.of(axes.stream().map(axis -> Dim.of(axis.output())).toList());
    }

    private List<Integer> which(int rank) {
        return resized.isEmpty()
                ? IntStream.range(0, rank).boxed().toList()
                : resized.stream().map(axis -> Axes.normalize(axis, rank)).toList();
    }

    private static void checkCount(String name, long found, long expected) {
        if (found != expected) {
            throw new ShapeException("input \"" + name + "\": expected " + expected
                    + " elements, as many as there are resized dimensions, found " + found + "; check the model");
        }
    }

    /// How each dimension of a concrete image is resized.
    ///
    /// @param region the region of interest, if given
    /// @param scales the scales, if given and not empty
    /// @param sizes the sizes, if given and not empty
    /// @throws ShapeException if values do not fit
    public List<ResizeAxis> axes(
            Shape image, Optional<Tensor> region, Optional<Tensor> scales, Optional<Tensor> sizes) {
        var which = which(image.rank());
        var axes = new ArrayList<>(
                image.toList().stream().map(ResizeAxis::unchanged).toList());
        if (scales.isPresent()) {
            checkCount("scales", scales.get().size(), which.size());
        } else {
            checkCount("sizes", sizes.map(Tensor::size).orElse(0L), which.size());
        }
        double common = scales.isPresent() ? 1 : commonScale(image, which, sizes.orElseThrow());
        for (int i = 0; i < which.size(); i++) {
            long length = image.dim(which.get(i));
            if (scales.isPresent()) {
                axes.set(which.get(i), ResizeAxis.scaled(length, scales.get().getFloat(i)));
            } else {
                axes.set(
                        which.get(i),
                        policy == AspectPolicy.STRETCH
                                ? ResizeAxis.sized(length, sizes.orElseThrow().getLong(i))
                                : ResizeAxis.rounded(length, common));
            }
        }
        return coordinates == CoordinateMode.TF_CROP_AND_RESIZE ? cropped(axes, which, region) : axes;
    }

    private double commonScale(Shape image, List<Integer> which, Tensor sizes) {
        var scales =
                IntStream.range(0, which.size()).mapToDouble(i -> (double) sizes.getLong(i) / image.dim(which.get(i)));
        return (policy == AspectPolicy.NOT_LARGER ? scales.min() : scales.max()).orElse(1);
    }

    private static List<ResizeAxis> cropped(List<ResizeAxis> axes, List<Integer> which, Optional<Tensor> region) {
        if (region.isEmpty()) {
            return axes;
        }
        checkCount("roi", region.get().size(), 2L * which.size());
        for (int i = 0; i < which.size(); i++) {
            int at = which.get(i);
            double end = region.get().getDouble(which.size() + i);
            axes.set(at, axes.get(at).within(region.get().getDouble(i), end));
        }
        return axes;
    }

    /// What each output element along a resized dimension is made of.
    public ResizeTable table(ResizeAxis axis) {
        return ResizeTable.of(this, axis);
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var region = coordinates == CoordinateMode.TF_CROP_AND_RESIZE ? given(run, REGION) : Optional.<Tensor>empty();
        if (region.isEmpty() && coordinates == CoordinateMode.TF_CROP_AND_RESIZE) {
            throw new ShapeException("input 1 \"roi\": tf_crop_and_resize needs a region of interest; expected "
                    + 2 * which(x.shape().rank()).size() + " elements, found none; check the model");
        }
        var axes = axes(x.shape(), region, given(run, SCALES), given(run, SIZES));
        var y = run.output(
                0, x.type(), Shape.of(axes.stream().map(ResizeAxis::output).toList()));
        if (y.size() > 0) {
            new ResizeEvaluation(this, axes).run(x, y);
        }
    }

    private static Optional<Tensor> given(Evaluation run, int index) {
        return run.has(index) && run.input(index).size() > 0 ? Optional.of(run.input(index)) : Optional.empty();
    }
}
