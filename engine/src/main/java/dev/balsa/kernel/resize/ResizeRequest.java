package dev.balsa.kernel.resize;

import dev.balsa.kernel.Storage;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Resampling of a float tensor along its last one to three axes: ONNX Resize and Upsample.
///
/// Operands: 0 is the input, `planes` planes of the axes' input sizes; 1 is the output, as many of their output sizes.
/// They share no memory. Leading axes of unchanged size belong to the planes.
///
/// @param planes dimensions before the axes, as one
/// @param axes one to three axes, outermost first
/// @param inputStep elements of the input from a row, which is its last axis, to the next: at least as many as that has
/// @param outputStep the same of the output
/// @param inputStorage how the input is stored; not [Storage#PARTS]
/// @param outputStorage the same of the output
public record ResizeRequest(
        long planes,
        List<ResizeAxis> axes,
        long inputStep,
        long outputStep,
        Storage inputStorage,
        Storage outputStorage) {
    /// Copies the list and checks its length.
    public ResizeRequest {
        axes = List.copyOf(axes);
        if (axes.isEmpty() || axes.size() > 3) {
            throw new IllegalArgumentException("resize: expected one to three axes, found " + axes.size());
        }
    }

    /// Resampling of planes without gaps.
    public ResizeRequest(long planes, List<ResizeAxis> axes) {
        this(planes, axes, axes.getLast().input(), axes.getLast().output(), Storage.FLOATS, Storage.FLOATS);
    }

    /// The same with rows of the input or the output apart.
    ///
    /// @param steps by operand
    ResizeRequest apart(Map<Integer, Long> steps) {
        return new ResizeRequest(
                planes,
                axes,
                steps.getOrDefault(0, inputStep),
                steps.getOrDefault(1, outputStep),
                inputStorage,
                outputStorage);
    }

    /// The same with the input or the output stored otherwise.
    ResizeRequest stored(Storage storage, Set<Integer> operands) {
        return new ResizeRequest(
                planes,
                axes,
                inputStep,
                outputStep,
                operands.contains(0) ? storage : inputStorage,
                operands.contains(1) ? storage : outputStorage);
    }
}
