package dev.balsa.kernel.conv;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.KeyedRequest;
import dev.balsa.kernel.epilogue.EpilogueOperands;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.TileProduct;
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
/// @param parts so many are enough to keep workers busy; 1 if a single one makes it
public record ChannelsLastConvRequest(
        int batch,
        int groups,
        int channels,
        int outputs,
        Window window,
        MemorySegment weights,
        Epilogue epilogue,
        int parts)
        implements KeyedRequest {
    private static final double MOST_PADDING = 4;
    private static final double FEW_ELEMENTS = 1 << 16;

    /// Checks that the groups divide the channels.
    public ChannelsLastConvRequest {
        if (batch < 0 || groups < 1 || channels % groups != 0 || outputs % groups != 0) {
            throw new IllegalArgumentException("convolution: groups do not divide channels; found batch " + batch + ", "
                    + groups + " groups, " + channels + " channels, " + outputs + " outputs");
        }
    }

    /// A convolution that workers share.
    public ChannelsLastConvRequest(
            int batch, int groups, int channels, int outputs, Window window, MemorySegment weights, Epilogue epilogue) {
        this(batch, groups, channels, outputs, window, weights, epilogue, TileProduct.ENOUGH_PARTS);
    }

    /// The index of the output among the operands.
    public int output() {
        return EpilogueOperands.next(epilogue, 2);
    }

    @Override
    public String key() {
        return "conv_nhwc " + batch + " groups " + groups + " channels " + channels + " " + outputs + " " + window.key()
                + " [" + epilogue.key() + "]";
    }

    /// Whether every group has one channel in and one out.
    public boolean isDepthwise() {
        return groups > 1 && groups == channels && groups == outputs;
    }

    /// Whether nothing is computed, or nothing of anything.
    boolean isEmpty() {
        return batch == 0 || channels == 0 || outputs == 0 || window.inputSize() == 0 || window.outputSize() == 0;
    }

    /// Elements of X with its padding.
    double paddedElements() {
        return PaddedImage.size(window) * batch * channels;
    }

    /// Whether places in X with padding and in the output can be told by 32 bits, and padding is not most of what there
    /// is, as large strides or dilations make it.
    boolean isOrdinary() {
        double input = (double) batch * window.inputSize() * channels;
        double output = (double) batch * window.outputSize() * outputs;
        return paddedElements() <= MOST_PADDING * Math.max(input, output) + FEW_ELEMENTS
                && PaddedImage.size(window) <= Integer.MAX_VALUE
                && RowPlaces.fits(paddedElements())
                && RowPlaces.fits(output);
    }
}
