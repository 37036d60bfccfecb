package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;

/// How one dimension of an image is resized.
///
/// @param input elements before
/// @param output elements after
/// @param scale output elements per input element
/// @param length the output length before it was rounded to elements
/// @param regionBegin begin of the region of interest as a share of the input (for [CoordinateMode#TF_CROP_AND_RESIZE])
/// @param regionEnd end of the region of interest
public record ResizeAxis(long input, long output, double scale, double length, double regionBegin, double regionEnd) {
    /// Checks that the lengths can be indexed and the scale is a positive number.
    ///
    /// @throws ShapeException if not
    public ResizeAxis {
        checkScale(scale);
        if (input > Integer.MAX_VALUE || output < 0 || output > Integer.MAX_VALUE || input == 0 && output > 0) {
            throw new ShapeException(
                    "resize: cannot make " + output + " elements of " + input + "; check the scales or sizes");
        }
    }

    static void checkScale(double scale) {
        if (!(scale > 0) || scale == Double.POSITIVE_INFINITY) {
            throw new ShapeException("resize: expected scales above 0, found " + scale + "; check the scales or sizes");
        }
    }

    /// The dimension left alone.
    static ResizeAxis unchanged(long length) {
        return new ResizeAxis(length, length, 1, length, 0, 1);
    }

    /// The dimension scaled; the product is taken in float32, as ONNX's shape inference does.
    static ResizeAxis scaled(long input, float scale) {
        return new ResizeAxis(input, scaledLength(input, scale), scale, (double) scale * input, 0, 1);
    }

    static long scaledLength(long input, float scale) {
        return (long) Math.floor((float) input * scale);
    }

    /// The dimension brought to a length.
    static ResizeAxis sized(long input, long output) {
        double scale = input == 0 ? 1 : (double) output / input;
        return output == 0 ? new ResizeAxis(input, 0, 1, 0, 0, 1) : new ResizeAxis(input, output, scale, output, 0, 1);
    }

    /// The dimension scaled, its length rounded half up.
    static ResizeAxis rounded(long input, double scale) {
        return new ResizeAxis(input, (long) (scale * input + 0.5), scale, scale * input, 0, 1);
    }

    /// The same with a region of interest.
    ResizeAxis within(double begin, double end) {
        return new ResizeAxis(input, output, scale, length, begin, end);
    }
}
