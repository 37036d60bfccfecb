package dev.balsa.cli.picture;

import dev.balsa.TensorInfo;
import dev.balsa.cli.picture.PictureOptions.Layout;
import dev.balsa.cli.picture.PictureOptions.Size;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.OptionalLong;

/// Turns a picture into the tensor that a model's input wants.
///
/// In this order: grey if asked for or if the input has one channel, resized, inverted, divided by the scale, mean
/// subtracted, divided by the standard deviation. Channels are red, green, blue, or the other way round if asked for.
/// 8-bit integer inputs get values rounded and clamped to their range.
public final class PictureTensors {
    private PictureTensors() {}

    /// Reads a picture for an input.
    ///
    /// @param arena owns the tensor's memory
    /// @throws dev.balsa.error.BalsaException if the file is missing or no picture
    public static Tensor read(Path file, TensorInfo input, PictureOptions options, Arena arena) {
        int rank = input.dims().map(dims -> dims.size()).orElse(4);
        var layout = options.layout().orElseGet(() -> layout(input, rank));
        boolean oneChannel = rank == 2 || options.grey() || channels(input, rank, layout) == 1;
        var picture = Picture.read(file);
        picture = oneChannel ? picture.toGrey() : picture.toColour();
        var size = options.resize().orElse(size(input, rank, layout, picture));
        return tensor(
                Resampling.resize(picture, size.width(), size.height()), rank, layout, input.type(), options, arena);
    }

    private static long channels(TensorInfo input, int rank, Layout layout) {
        return rank < 3
                ? 1
                : known(input, layout == Layout.NCHW ? rank - 3 : rank - 1).orElse(0);
    }

    /// Channels last if the last dimension can only be channels, first otherwise.
    private static Layout layout(TensorInfo input, int rank) {
        return rank >= 3 && isChannels(known(input, rank - 1)) && !isChannels(known(input, rank - 3))
                ? Layout.NHWC
                : Layout.NCHW;
    }

    private static boolean isChannels(OptionalLong length) {
        return length.isPresent() && (length.getAsLong() == 1 || length.getAsLong() == 3);
    }

    private static OptionalLong known(TensorInfo input, int axis) {
        return input.dims().isEmpty() || axis < 0 ? OptionalLong.empty() : input.length(axis);
    }

    private static Size size(TensorInfo input, int rank, Layout layout, Picture picture) {
        int last = rank >= 3 && layout == Layout.NHWC ? rank - 2 : rank - 1;
        return new Size((int) known(input, last).orElse(picture.width()), (int)
                known(input, last - 1).orElse(picture.height()));
    }

    private static Tensor tensor(
            Picture picture, int rank, Layout layout, DataType type, PictureOptions options, Arena arena) {
        long channels = picture.channels();
        var whole = layout == Layout.NCHW
                ? Shape.of(1, channels, picture.height(), picture.width())
                : Shape.of(1, picture.height(), picture.width(), channels);
        var tensor = Tensor.allocate(type, whole, arena);
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                for (int c = 0; c < picture.channels(); c++) {
                    int source = options.bgr() ? picture.channels() - 1 - c : c;
                    long index = layout == Layout.NCHW
                            ? ((long) c * picture.height() + y) * picture.width() + x
                            : ((long) y * picture.width() + x) * channels + c;
                    set(tensor, index, options.value(picture.sample(x, y, source), c));
                }
            }
        }
        return switch (rank) {
            case 2 -> tensor.reshaped(Shape.of(picture.height(), picture.width()));
            case 3 -> tensor.reshaped(Shape.of(whole.toList().subList(1, 4)));
            default -> tensor;
        };
    }

    private static void set(Tensor tensor, long index, double value) {
        if (tensor.type().isInteger() && tensor.type().bits() == 8) {
            long rounded = Math.round(value);
            tensor.setLong(
                    index,
                    Math.clamp(rounded, tensor.type().minValue(), tensor.type().maxValue()));
        } else {
            tensor.setDouble(index, value);
        }
    }
}
