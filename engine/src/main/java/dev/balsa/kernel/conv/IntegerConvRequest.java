package dev.balsa.kernel.conv;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.KeyedRequest;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.epilogue.EpilogueOperands;
import dev.balsa.kernel.tile.RowPlaces;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A convolution of 8-bit channels-last images with constant 8-bit weights, both less their zero points: exact
/// 32-bit sums, which wrap around, and what becomes of them. Serves ONNX ConvInteger (opset 10), on images turned,
/// with what follows it.
///
/// Operands: 0 is X `[batch, input..., channels]`, 1 is W `[outputs, channels / groups, kernel...]` as ONNX has
/// it, then the zero point of X, a single byte, if there is one, then those that the epilogue names, and the
/// output `[batch, output..., outputs]` last ([#output]). The output shares memory with no operand but one of the
/// epilogue's that has its shape and as many bytes. For the epilogue the result is a matrix of one row of
/// `outputs` columns per pixel.
///
/// @param batch images
/// @param groups groups of channels that do not see each other; divides channels and outputs
/// @param channels channels of the image
/// @param outputs channels of the output
/// @param window the geometry
/// @param signed whether X is signed
/// @param zeroPoint whether there is an operand with X's zero point, of X's type
/// @param weights W
/// @param result what becomes of sums
/// @param epilogue the stages that they go through
public record IntegerConvRequest(
        int batch,
        int groups,
        int channels,
        int outputs,
        Window window,
        boolean signed,
        boolean zeroPoint,
        Weights weights,
        SumResult result,
        Epilogue epilogue)
        implements KeyedRequest {
    private static final double MOST_PADDING = 4;
    private static final double FEW_ELEMENTS = 1 << 16;

    /// Constant weights.
    ///
    /// @param memory of W
    /// @param signed whether W is signed
    /// @param zeroPoints of W's type, one for all or one per output; none stands for 0
    public record Weights(MemorySegment memory, boolean signed, Optional<MemorySegment> zeroPoints) {}

    /// Checks that the groups divide the channels.
    public IntegerConvRequest {
        if (batch < 0 || groups < 1 || channels % groups != 0 || outputs % groups != 0) {
            throw new IllegalArgumentException("convolution: groups do not divide channels; found batch " + batch + ", "
                    + groups + " groups, " + channels + " channels, " + outputs + " outputs");
        }
    }

    /// The index of the output among the operands.
    public int output() {
        return EpilogueOperands.next(epilogue, zeroPoint ? 3 : 2);
    }

    @Override
    public String key() {
        return "conv_s32 " + batch + " groups " + groups + " channels " + channels + " " + outputs + " " + window.key()
                + " " + result.label() + " [" + epilogue.key() + "]";
    }

    /// Whether every group has one channel in and one out.
    boolean isDepthwise() {
        return groups > 1 && groups == channels && groups == outputs;
    }

    /// Whether nothing is computed, or nothing of anything.
    boolean isEmpty() {
        return batch == 0 || channels == 0 || outputs == 0 || window.inputSize() == 0 || window.outputSize() == 0;
    }

    /// Whether places can be told by 32 bits, and padding is not most of what there is.
    boolean isOrdinary() {
        double input = (double) batch * window.inputSize() * channels;
        double output = (double) batch * window.outputSize() * outputs;
        double padded = PaddedImage.size(window) * batch * channels;
        return padded <= MOST_PADDING * Math.max(input, output) + FEW_ELEMENTS
                && PaddedImage.size(window) <= Integer.MAX_VALUE
                && RowPlaces.fits(padded)
                && RowPlaces.fits(output);
    }
}
