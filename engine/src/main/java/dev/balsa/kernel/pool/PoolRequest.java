package dev.balsa.kernel.pool;

import dev.balsa.kernel.Storage;
import dev.balsa.kernel.conv.Window;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Pooling of float planes, channels first: ONNX MaxPool (first output) opset 1-22, AveragePool opset 1-22.
///
/// Operands: 0 is X, `planes` planes of the window's input sizes; 1 is Y, as many planes of its output sizes. They
/// share no memory. Padding is never read: it is left out of a maximum and counts as zero in a mean. A window without
/// any element gives negative infinity, or zero for a mean.
///
/// @param function what is made of a window
/// @param planes batch times channels
/// @param window the geometry; output sizes are the caller's, in ceil mode too
/// @param endPads padding at the end of each dimension, which only `countPadding` looks at
/// @param countPadding whether a mean is over padding as well (but not over what ceil mode adds beyond the padding)
/// @param inputStep elements of X from a row, along its innermost dimension, to the next: at least as many as that has
/// @param outputStep the same of Y
/// @param inputStorage how X is stored; not [Storage#PARTS]
/// @param outputStorage the same of Y
public record PoolRequest(
        PoolFunction function,
        long planes,
        Window window,
        List<Integer> endPads,
        boolean countPadding,
        long inputStep,
        long outputStep,
        Storage inputStorage,
        Storage outputStorage) {
    /// Copies the list and checks its length.
    public PoolRequest {
        endPads = List.copyOf(endPads);
        if (planes < 0 || endPads.size() != window.rank()) {
            throw new IllegalArgumentException(
                    "pooling: expected " + window.rank() + " end pads, found " + endPads + " (" + planes + " planes)");
        }
    }

    /// Pooling of planes without gaps.
    public PoolRequest(PoolFunction function, long planes, Window window, List<Integer> endPads, boolean countPadding) {
        this(
                function,
                planes,
                window,
                endPads,
                countPadding,
                window.input().getLast(),
                window.output().getLast(),
                Storage.FLOATS,
                Storage.FLOATS);
    }

    /// Pooling of some rows of one plane, with its geometry and end pads.
    PoolRequest rows(Window some) {
        return new PoolRequest(
                function, 1, some, endPads, countPadding, inputStep, outputStep, inputStorage, outputStorage);
    }

    /// The same with rows of X or Y apart.
    ///
    /// @param steps by operand
    PoolRequest apart(Map<Integer, Long> steps) {
        return new PoolRequest(
                function,
                planes,
                window,
                endPads,
                countPadding,
                steps.getOrDefault(0, inputStep),
                steps.getOrDefault(1, outputStep),
                inputStorage,
                outputStorage);
    }

    /// The same with X or Y stored otherwise.
    PoolRequest stored(Storage storage, Set<Integer> operands) {
        return new PoolRequest(
                function,
                planes,
                window,
                endPads,
                countPadding,
                inputStep,
                outputStep,
                operands.contains(0) ? storage : inputStorage,
                operands.contains(1) ? storage : outputStorage);
    }

    /// Whether X and Y are floats without gaps.
    boolean isDense() {
        return inputStep == window.input().getLast()
                && outputStep == window.output().getLast()
                && inputStorage == Storage.FLOATS
                && outputStorage == Storage.FLOATS;
    }
}
