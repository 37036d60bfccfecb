package dev.balsa.ir.window;

/// What [Resize] makes of sizes that would change the proportions (ONNX attribute `keep_aspect_ratio_policy`).
public enum AspectPolicy {
    /// Proportions change.
    STRETCH,
    /// All dimensions get the least scale, so that none is larger than asked for.
    NOT_LARGER,
    /// All dimensions get the greatest scale, so that none is smaller than asked for.
    NOT_SMALLER
}
