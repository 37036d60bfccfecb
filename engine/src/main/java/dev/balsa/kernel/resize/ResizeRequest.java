package dev.balsa.kernel.resize;

import java.util.List;

/// Resampling of a float tensor along its last one to three axes: ONNX Resize and Upsample.
///
/// Operands: 0 is the input, `planes` planes of the axes' input sizes; 1 is the output, as many of their output sizes.
/// They share no memory. Leading axes of unchanged size belong to the planes.
///
/// @param planes dimensions before the axes, as one
/// @param axes one to three axes, outermost first
public record ResizeRequest(long planes, List<ResizeAxis> axes) {
    /// Copies the list and checks its length.
    public ResizeRequest {
        axes = List.copyOf(axes);
        if (axes.isEmpty() || axes.size() > 3) {
            throw new IllegalArgumentException("resize: expected one to three axes, found " + axes.size());
        }
    }
}
