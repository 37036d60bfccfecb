package dev.balsa.kernel.conv;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.KeyedRequest;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.epilogue.EpilogueOperands;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.TileProduct;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// A float convolution of channels-last images with constant weights, one to three spatial dimensions: ONNX Conv, opset
/// 1-22, on images turned.
///
/// Operands: 0 is X `[batch, input..., channels]`, 1 is W `[outputs, channels / groups, kernel...]` as ONNX has it,
/// then
/// those that the epilogue names, numbered from 2 without gaps (the bias is the stage ADD with spread COLUMN), and the
/// `[batch, channels]` by which X is multiplied, if it is scaled ([#factors]), the means of the output's rows of pixels
/// `[batch, output rows, outputs]`, if they are wanted ([#rowMeans]), and the
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
/// @param image how X is stored
/// @param result how the output is stored
/// @param isScaled whether X is multiplied by a factor for each channel of each image before anything else
/// @param hasRowMeans whether the means of the output's rows are wanted, too; only for two dimensions
/// @param imageStep elements from a pixel of X to the next, at least `channels`
/// @param resultStep elements from a pixel of the output to the next, at least `outputs`; as many if the epilogue has
///     an operand of its shape
public record ChannelsLastConvRequest(
        int batch,
        int groups,
        int channels,
        int outputs,
        Window window,
        MemorySegment weights,
        Epilogue epilogue,
        int parts,
        Storage image,
        Storage result,
        boolean isScaled,
        boolean hasRowMeans,
        long imageStep,
        long resultStep)
        implements KeyedRequest {
    private static final double MOST_PADDING = 4;
    private static final double FEW_ELEMENTS = 1 << 16;

    /// Checks that the groups divide the channels.
    public ChannelsLastConvRequest {
        if (batch < 0 || groups < 1 || channels % groups != 0 || outputs % groups != 0) {
            throw new IllegalArgumentException("convolution: groups do not divide channels; found batch " + batch + ", "
                    + groups + " groups, " + channels + " channels, " + outputs + " outputs");
        }
        int apart = groups == channels && groups == outputs ? 1 : groups;
        if (!image.fits(channels / apart) || !result.fits(outputs / apart)) {
            throw new IllegalArgumentException("convolution in parts: expected groups of whole chunks of "
                    + Storage.CHUNK + " channels, found " + channels + " channels and " + outputs + " outputs in "
                    + groups + " groups");
        }
    }

    /// A convolution of images whose pixels are neighbours.
    public ChannelsLastConvRequest(
            int batch,
            int groups,
            int channels,
            int outputs,
            Window window,
            MemorySegment weights,
            Epilogue epilogue,
            int parts,
            Storage image,
            Storage result) {
        this(
                batch, groups, channels, outputs, window, weights, epilogue, parts, image, result, false, false,
                channels, outputs);
    }

    /// A convolution that workers share.
    public ChannelsLastConvRequest(
            int batch, int groups, int channels, int outputs, Window window, MemorySegment weights, Epilogue epilogue) {
        this(
                batch,
                groups,
                channels,
                outputs,
                window,
                weights,
                epilogue,
                TileProduct.ENOUGH_PARTS,
                Storage.FLOATS,
                Storage.FLOATS);
    }

    /// The index of the output among the operands.
    public int output() {
        return hasRowMeans ? rowMeans() + 1 : rowMeans();
    }

    /// The index of the means of rows among the operands, if they are wanted.
    int rowMeans() {
        return isScaled ? factors() + 1 : factors();
    }

    /// The index of the factors among the operands, if X is scaled.
    int factors() {
        return EpilogueOperands.next(epilogue, 2);
    }

    @Override
    public String key() {
        return "conv_nhwc " + batch + " groups " + groups + " channels " + channels + " " + outputs + " " + window.key()
                + " [" + epilogue.key() + "] " + (isScaled ? "scaled " : "") + image + " to " + result
                + (hasRowMeans ? " and means" : "") + (isDense() ? "" : " apart " + imageStep + " " + resultStep);
    }

    /// Whether all operands are floats.
    boolean isOfFloats() {
        return isStoredAs(Storage.FLOATS::equals);
    }

    /// Whether operands are stored in these ways only.
    boolean isStoredAs(Predicate<Storage> storages) {
        return storages.test(image) && storages.test(result) && epilogue.isStoredAs(storages);
    }

    /// X, the output, and the epilogue's operands of its shape, as far as they may be stored so.
    Set<Set<Integer>> storable(Storage storage) {
        var operands = new HashSet<Set<Integer>>();
        if (storage.fits(channels / groups) && !(isScaled && storage == Storage.PARTS)) {
            operands.add(Set.of(0));
        }
        if (storage.fits(outputs / groups)) {
            operands.add(Set.of(output()));
        }
        if (storage == Storage.BFLOAT16) {
            epilogue.full().forEach(stage -> operands.add(Set.of(stage.operand())));
        }
        return operands;
    }

    /// The same with some operands stored otherwise.
    ///
    /// @param operands of those that are [#storable]
    ChannelsLastConvRequest stored(Storage storage, Set<Integer> operands) {
        return new ChannelsLastConvRequest(
                batch,
                groups,
                channels,
                outputs,
                window,
                weights,
                epilogue.stored(storage, operands, output()),
                parts,
                operands.contains(0) ? storage : image,
                operands.contains(output()) ? storage : result,
                isScaled,
                hasRowMeans,
                imageStep,
                resultStep);
    }

    /// The same for X that is to be scaled, if every window is a pixel of the image.
    Optional<ChannelsLastConvRequest> scaled() {
        return groups == 1 && window.isPointwise() && !isScaled && image == Storage.FLOATS
                ? Optional.of(new ChannelsLastConvRequest(
                        batch,
                        groups,
                        channels,
                        outputs,
                        window,
                        weights,
                        epilogue,
                        parts,
                        image,
                        result,
                        true,
                        hasRowMeans,
                        imageStep,
                        resultStep))
                : Optional.empty();
    }

    /// The same with the means of rows.
    ChannelsLastConvRequest withRowMeans() {
        return new ChannelsLastConvRequest(
                batch,
                groups,
                channels,
                outputs,
                window,
                weights,
                epilogue,
                parts,
                image,
                result,
                isScaled,
                true,
                imageStep,
                resultStep);
    }

    /// Whether pixels are neighbours.
    boolean isDense() {
        return imageStep == channels && resultStep == outputs;
    }

    /// The same with pixels of X, or of the output, apart.
    ///
    /// @param steps by operand
    ChannelsLastConvRequest apart(Map<Integer, Long> steps) {
        return new ChannelsLastConvRequest(
                batch,
                groups,
                channels,
                outputs,
                window,
                weights,
                epilogue,
                parts,
                image,
                result,
                isScaled,
                hasRowMeans,
                steps.getOrDefault(0, imageStep),
                steps.getOrDefault(output(), resultStep));
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
