package dev.balsa.kernel.resize;

import java.util.List;

/// Resampling of a float tensor along its last one to three axes: ONNX Resize and Upsample.
///
/// Operands: 0 is the input, `planes` planes of the axes' input sizes; 1 is the output, as many of their output sizes.
/// They share no memory. Leading axes of unchanged size belong to the planes.
///
/// @param planes dimensions before the axes, as one
/// @param axes one to three axes, outermost first
/// @param inputStep elements of the input from a row, which is its last axis, to the next: at least as many as that has
/// @param outputStep the same of the output
public record ResizeRequest(long planes, List<ResizeAxis> axes, long inputStep, long outputStep) {
    /// Copies the list and checks its length.
    public ResizeRequest {
        axes = List.copyOf(axes);
        if (axes.isEmpty() || axes.size() > 3) {
            throw new IllegalArgumentException("resize: expected one to three axes, found " + axes.size());
        }
    }

    /// Resampling of planes without gaps.
    public ResizeRequest(long planes, List<ResizeAxis> axes) {
        this(planes, axes, axes.getLast().input(), axes.getLast().output());
    }
}
