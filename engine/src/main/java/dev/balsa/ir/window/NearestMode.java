package dev.balsa.ir.window;

/// Which element is the nearest one to a place (ONNX Resize, attribute `nearest_mode`).
public enum NearestMode {
    /// The nearer one; the lower one of two that are equally near.
    ROUND_PREFER_FLOOR,
    /// The nearer one; the higher one of two that are equally near.
    ROUND_PREFER_CEIL,
    /// The lower one.
    FLOOR,
    /// The higher one.
    CEIL,
    /// The lower one when growing, the higher one when shrinking (opset 10).
    SIMPLE;

    /// The element for a place between elements.
    double round(double place, double scale) {
        return switch (this) {
            case ROUND_PREFER_FLOOR -> Math.ceil(place - 0.5);
            case ROUND_PREFER_CEIL -> Math.floor(place + 0.5);
            case FLOOR -> Math.floor(place);
            case CEIL -> Math.ceil(place);
            case SIMPLE -> scale < 1 ? Math.ceil(place) : Math.floor(place);
        };
    }
}
