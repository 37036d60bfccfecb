package dev.balsa.kernel.conv;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.epilogue.EpilogueOperands;
import java.lang.foreign.MemorySegment;

/// A float convolution of channels-last images with constant weights, one to three spatial dimensions: ONNX Conv, opset
/// 1-22, on images turned.
///
/// Operands: 0 is X `[batch, input..., channels]`, 1 is W `[outputs, channels / groups, kernel...]` as ONNX has it,
/// then
/// those that the epilogue names, numbered from 2 without gaps (the bias is the stage ADD with spread COLUMN), and the
/// output `[batch, output..., outputs]` last ([#output]). The output shares memory with no operand but one of the
/// epilogue's that has its shape. For the epilogue the result is a matrix of one row of `outputs` columns per pixel.
///
/// @param batch images
/// @param groups groups of channels that do not see each other; divides channels and outputs
/// @param channels channels of the image
/// @param outputs channels of the output
/// @param window the geometry
/// @param weights the memory of W
/// @param epilogue what is done to each element of the result
public record ChannelsLastConvRequest(
        int batch, int groups, int channels, int outputs, Window window, MemorySegment weights, Epilogue epilogue) {
    /// Checks that the groups divide the channels.
    public ChannelsLastConvRequest {
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

    /// Whether nothing is computed, or nothing of anything.
    boolean isEmpty() {
        return batch == 0 || channels == 0 || outputs == 0 || window.inputSize() == 0 || window.outputSize() == 0;
    }

    /// Elements of the largest of X and output.
    long largest() {
        return (long) batch
                * Math.max(
                        Math.multiplyExact(PaddedImage.size(window), channels),
                        Math.multiplyExact(window.outputSize(), outputs));
    }
}
