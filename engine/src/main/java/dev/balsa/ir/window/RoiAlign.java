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
import java.util.List;
import java.util.stream.IntStream;

/// Regions of an image pooled to a common size from interpolated samples (ONNX RoiAlign, opset 10 to 22).
///
/// Inputs: X `[batch, channels, height, width]`, regions `[regions, 4]` (left, top, right, bottom), and the image of
/// each region `[regions]`. Output: `[regions, channels, outputHeight, outputWidth]`.
///
/// @param max whether bins take the greatest weighted neighbour of all samples (as ONNX defines it: of the four
///     products of weight and element, not of their sums) instead of the mean of the samples
/// @param halfPixel whether regions are moved by half an element, so that centres of elements are at halves
/// @param outputHeight bins from top to bottom
/// @param outputWidth bins from left to right
/// @param samplingRatio samples per bin and dimension; 0 for as many as a bin has elements, rounded up
/// @param spatialScale by which the regions' coordinates are multiplied
public record RoiAlign(
        boolean max, boolean halfPixel, long outputHeight, long outputWidth, long samplingRatio, double spatialScale)
        implements Window {
    private static final long MOST_SAMPLES = 1024;

    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("RoiAlign")
            .since(10)
            .in("X", Schema.FLOATS)
            .in("rois", Schema.FLOATS)
            .in("batch_indices", Schema.INDICES)
            .out("Y")
            .reader(RoiAlign::read);

    /// Checks that lengths are positive and the sampling ratio is no absurd number.
    public RoiAlign {
        if (outputHeight < 1
                || outputWidth < 1
                || outputHeight > Integer.MAX_VALUE
                || outputWidth > Integer.MAX_VALUE) {
            throw new ModelFormatException(
                    "attributes \"output_height\" and \"output_width\": expected 1 or more, found " + outputHeight
                            + " and " + outputWidth + "; check the model");
        }
        if (samplingRatio < 0 || samplingRatio > MOST_SAMPLES) {
            throw new ModelFormatException("attribute \"sampling_ratio\": expected 0 to " + MOST_SAMPLES + ", found "
                    + samplingRatio + "; check the model");
        }
    }

    private static RoiAlign read(NodeReader node) {
        var mode = node.string("mode", "avg");
        var coordinates =
                node.string("coordinate_transformation_mode", node.opset() < 16 ? "output_half_pixel" : "half_pixel");
        if (!List.of("avg", "max").contains(mode)
                || !List.of("half_pixel", "output_half_pixel").contains(coordinates)) {
            throw node.malformed("attributes \"mode\" and \"coordinate_transformation_mode\": expected avg or max, and "
                    + "half_pixel or output_half_pixel, found \"" + mode + "\" and \"" + coordinates + "\"");
        }
        return new RoiAlign(
                mode.equals("max"),
                coordinates.equals("half_pixel"),
                node.integer("output_height", 1),
                node.integer("output_width", 1),
                node.integer("sampling_ratio", 0),
                node.real("spatial_scale", 1));
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var regions =
                in.shape(2).hasRank() && in.shape(2).rank() == 1 ? in.shape(2).dim(0) : Dim.UNKNOWN;
        var channels =
                in.shape(0).hasRank() && in.shape(0).rank() == 4 ? in.shape(0).dim(1) : Dim.UNKNOWN;
        var shape = SymbolicShape.of(regions, channels, Dim.of(outputHeight), Dim.of(outputWidth));
        return List.of(in.type(0).withShape(shape));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        var rois = run.input(1);
        var images = run.input(2);
        check(x.shape(), rois.shape(), images.shape());
        long regions = images.size();
        long channels = x.shape().dim(1);
        var y = run.output(0, x.type(), Shape.of(regions, channels, outputHeight, outputWidth));
        for (long region = 0; y.size() > 0 && region < regions; region++) {
            long image = images.getLong(region);
            if (image < 0 || image >= x.shape().dim(0)) {
                throw new ShapeException("input 2 \"batch_indices\": expected images from 0 to "
                        + (x.shape().dim(0) - 1) + ", found " + image + "; check the values");
            }
            var rows = bins(rois, region * 4 + 1, outputHeight, x.shape().dim(2));
            var columns = bins(rois, region * 4, outputWidth, x.shape().dim(3));
            pool(x, image, rows, columns, y, region);
        }
    }

    private static void check(Shape x, Shape rois, Shape images) {
        boolean fit = x.rank() == 4 && images.rank() == 1 && rois.equals(Shape.of(images.dim(0), 4));
        if (!fit || x.dim(2) < 1 || x.dim(3) < 1) {
            throw new ShapeException(
                    "expected an image [batch, channels, height, width], regions [regions, 4] and their "
                            + "images [regions], found " + x + ", " + rois + " and " + images
                            + "; check the model, or the shapes of its inputs");
        }
    }

    /// The bins of one dimension of a region, whose first edge is element `at` and whose second is element `at +
    /// 2`.
    private RoiBins bins(Tensor rois, long at, long bins, long length) {
        double offset = halfPixel ? 0.5 : 0;
        double begin = rois.getDouble(at) * spatialScale - offset;
        double size = rois.getDouble(at + 2) * spatialScale - offset - begin;
        return RoiBins.of(begin, halfPixel ? size : Math.max(size, 1), bins, samplingRatio, length);
    }

    private void pool(Tensor x, long image, RoiBins rows, RoiBins columns, Tensor y, long region) {
        int channels = (int) x.shape().dim(1);
        int width = (int) x.shape().dim(3);
        long plane = x.shape().dim(2) * width;
        var down = IntStream.range(0, (int) outputHeight).mapToObj(rows::inside).toList();
        var right =
                IntStream.range(0, (int) outputWidth).mapToObj(columns::inside).toList();
        double samples = (double) rows.samples() * columns.samples();
        long to = region * channels * outputHeight * outputWidth;
        for (int c = 0; c < channels; c++) {
            var values = Planes.read(x, (image * channels + c) * plane, plane);
            for (var row : down) {
                for (var column : right) {
                    y.setDouble(
                            to++,
                            max
                                    ? greatest(values, width, row, column, samples)
                                    : samples == 0 ? 0 : sum(values, width, row, column) / samples);
                }
            }
        }
    }

    private static double sum(double[] values, int width, List<RoiBins.Sample> rows, List<RoiBins.Sample> columns) {
        double sum = 0;
        for (var row : rows) {
            for (var column : columns) {
                double upper = (1 - column.share()) * values[row.low() * width + column.low()]
                        + column.share() * values[row.low() * width + column.high()];
                double lower = (1 - column.share()) * values[row.high() * width + column.low()]
                        + column.share() * values[row.high() * width + column.high()];
                sum += (1 - row.share()) * upper + row.share() * lower;
            }
        }
        return sum;
    }

    private static double greatest(
            double[] values, int width, List<RoiBins.Sample> rows, List<RoiBins.Sample> columns, double samples) {
        // Samples beyond the image are zeros; a bin without samples is zero.
        boolean zero = samples == 0 || (double) rows.size() * columns.size() < samples;
        double greatest = zero ? 0 : Double.NEGATIVE_INFINITY;
        for (var row : rows) {
            for (var column : columns) {
                double upper = Math.max(
                        (1 - column.share()) * values[row.low() * width + column.low()],
                        column.share() * values[row.low() * width + column.high()]);
                double lower = Math.max(
                        (1 - column.share()) * values[row.high() * width + column.low()],
                        column.share() * values[row.high() * width + column.high()]);
                greatest = Math.max(greatest, Math.max((1 - row.share()) * upper, row.share() * lower));
            }
        }
        return greatest;
    }
}
