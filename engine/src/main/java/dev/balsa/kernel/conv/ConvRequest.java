package dev.balsa.kernel.conv;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.epilogue.EpilogueOperands;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A float convolution in channels-first layout, one to three spatial dimensions: ONNX Conv, opset 1-22.
///
/// Operands: 0 is X `[batch, channels, input...]`, 1 is W `[outputs, channels / groups, kernel...]`, then those that
/// the epilogue names, numbered from 2 without gaps (the bias is the stage ADD with spread ROW), and the output
/// `[batch, outputs, output...]` last ([#output]). Constant weights are bound all the same. The output shares memory
/// with no other operand. For the epilogue the result is a matrix of `batch * outputs` rows of one plane each.
///
/// @param batch images
/// @param groups groups of channels that do not see each other; divides channels and outputs
/// @param channels channels of the image
/// @param outputs channels of the output
/// @param window the geometry
/// @param weights the memory of W where it is the same in every run, so that it can be packed once
/// @param epilogue what is done to each element of the result
public record ConvRequest(
        int batch,
        int groups,
        int channels,
        int outputs,
        Window window,
        Optional<MemorySegment> weights,
        Epilogue epilogue) {
    /// Checks that the groups divide the channels.
    public ConvRequest {
        if (batch < 0 || groups < 1 || channels % groups != 0 || outputs % groups != 0) {
            throw new IllegalArgumentException("convolution: groups do not divide channels; found batch " + batch + ", "
                    + groups + " groups, " + channels + " channels, " + outputs + " outputs");
        }
    }

    /// The index of the output among the operands.
    public int output() {
        return EpilogueOperands.next(epilogue, 2);
    }

    /// Whether every group has one channel in and one out.
    public boolean isDepthwise() {
        return groups > 1 && groups == channels && groups == outputs;
    }
}
