package dev.balsa.kernel.conv;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.epilogue.EpilogueOperands;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// A transposed float convolution in channels-first layout: ONNX ConvTranspose, opset 1-22.
///
/// Operands: 0 is X `[batch, channels, input...]`, 1 is W `[channels, outputs / groups, kernel...]`, then those that
/// the epilogue names, numbered from 2 without gaps, and the output `[batch, outputs, output...]` last ([#output]).
/// Constant weights are bound all the same. The output shares memory with no other operand. For the epilogue the result
/// is a matrix of `batch * outputs` rows of one plane each.
///
/// @param batch images
/// @param groups groups of channels that do not see each other; divides channels and outputs
/// @param channels channels of the image
/// @param outputs channels of the output
/// @param window the geometry, in its meaning for transposed convolutions
/// @param weights the memory of W where it is the same in every run, so that it can be packed once
/// @param epilogue what is done to each element of the result
/// @param resultStep where channels are last, elements from a pixel of the output to the next: at least `outputs`, and
///     as many if the epilogue has an operand of its shape
/// @param image how X is stored; not [Storage#PARTS]
/// @param result how the output is stored; not [Storage#PARTS]
public record ConvTransposeRequest(
        int batch,
        int groups,
        int channels,
        int outputs,
        Window window,
        Optional<MemorySegment> weights,
        Epilogue epilogue,
        long resultStep,
        Storage image,
        Storage result) {
    /// Checks that the groups divide the channels.
    public ConvTransposeRequest {
        if (batch < 0 || groups < 1 || channels % groups != 0 || outputs % groups != 0) {
            throw new IllegalArgumentException("transposed convolution: groups do not divide channels; found batch "
                    + batch + ", " + groups + " groups, " + channels + " channels, " + outputs + " outputs");
        }
    }

    /// A transposed convolution whose output has no gaps.
    public ConvTransposeRequest(
            int batch,
            int groups,
            int channels,
            int outputs,
            Window window,
            Optional<MemorySegment> weights,
            Epilogue epilogue) {
        this(batch, groups, channels, outputs, window, weights, epilogue, outputs, Storage.FLOATS, Storage.FLOATS);
    }

    /// The same with pixels of the output apart.
    ConvTransposeRequest apart(long step) {
        return new ConvTransposeRequest(
                batch, groups, channels, outputs, window, weights, epilogue, step, image, result);
    }

    /// X, the output, and the epilogue's operands of its shape.
    Set<Set<Integer>> storable() {
        var operands = new HashSet<Set<Integer>>();
        operands.add(Set.of(0));
        operands.add(Set.of(output()));
        epilogue.full().forEach(stage -> operands.add(Set.of(stage.operand())));
        return operands;
    }

    /// The same with some operands stored otherwise.
    ///
    /// @param operands of those that are [#storable]
    ConvTransposeRequest stored(Storage storage, Set<Integer> operands) {
        return new ConvTransposeRequest(
                batch,
                groups,
                channels,
                outputs,
                window,
                weights,
                epilogue.stored(storage, operands, output()),
                resultStep,
                operands.contains(0) ? storage : image,
                operands.contains(output()) ? storage : result);
    }

    /// Whether operands are stored in these ways only.
    boolean isStoredAs(Predicate<Storage> storages) {
        return storages.test(image) && storages.test(result) && epilogue.isStoredAs(storages);
    }

    /// The index of the output among the operands.
    public int output() {
        return EpilogueOperands.next(epilogue, 2);
    }
}
