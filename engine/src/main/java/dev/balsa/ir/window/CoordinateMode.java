package dev.balsa.ir.window;

/// How [Resize] maps a place in the output to a place in the input (ONNX attribute `coordinate_transformation_mode`).
public enum CoordinateMode {
    /// Centres of elements are at halves: the borders of both images coincide.
    HALF_PIXEL,
    /// As [#HALF_PIXEL], with the output's middle at the input's middle where scaling leaves a fraction of an
    /// element.
    HALF_PIXEL_SYMMETRIC,
    /// As [#HALF_PIXEL], but an output of one element is taken at the first element.
    PYTORCH_HALF_PIXEL,
    /// The first elements coincide, and the last ones.
    ALIGN_CORNERS,
    /// The first elements coincide, the rest follows from the scale.
    ASYMMETRIC,
    /// The output covers a region of interest of the input; beyond the input there is a given value.
    TF_CROP_AND_RESIZE,
    /// As [#HALF_PIXEL] without moving back by half an element (opset 11 only).
    TF_HALF_PIXEL_FOR_NN;

    /// The place in the input that belongs to output element `o`.
    double source(ResizeAxis axis, long o) {
        return switch (this) {
            case HALF_PIXEL -> (o + 0.5) / axis.scale() - 0.5;
            case HALF_PIXEL_SYMMETRIC -> {
                double offset = axis.input() / 2.0 * (1 - axis.output() / axis.length());
                yield offset + (o + 0.5) / axis.scale() - 0.5;
            }
            case PYTORCH_HALF_PIXEL -> axis.output() > 1 ? (o + 0.5) / axis.scale() - 0.5 : 0;
            case ALIGN_CORNERS -> o == 0 || axis.length() == 1 ? 0 : o * (axis.input() - 1) / (axis.length() - 1);
            case ASYMMETRIC -> o / axis.scale();
            case TF_CROP_AND_RESIZE -> crop(axis, o);
            case TF_HALF_PIXEL_FOR_NN -> (o + 0.5) / axis.scale();
        };
    }

    private static double crop(ResizeAxis axis, long o) {
        double last = axis.input() - 1;
        double size = axis.regionEnd() - axis.regionBegin();
        double along = axis.length() == 1 ? size * last / 2 : o * size * last / (axis.length() - 1);
        return axis.regionBegin() * last + along;
    }
}
