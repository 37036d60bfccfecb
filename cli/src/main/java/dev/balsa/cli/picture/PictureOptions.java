package dev.balsa.cli.picture;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The options that say how a picture becomes a tensor.
public final class PictureOptions {
    /// Where channels stand.
    public enum Layout {
        /// Before height and width.
        NCHW,
        /// After them.
        NHWC
    }

    /// Width and height in pixels.
    record Size(int width, int height) {}

    static final class SizeConverter implements ITypeConverter<Size> {
        @Override
        public Size convert(String text) {
            if (!text.matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}")) {
                throw new TypeConversionException("expected width and height, as in 224x224, found " + text);
            }
            int at = text.indexOf('x');
            return new Size(Integer.parseInt(text.substring(0, at)), Integer.parseInt(text.substring(at + 1)));
        }
    }

    @Option(
            names = "--resize",
            paramLabel = "WxH",
            converter = SizeConverter.class,
            description = "size of the picture (default: the model's, if it has one)")
    private Optional<Size> resize = Optional.empty();

    @Option(names = "--grey", description = "make it grey (default where the model takes one channel)")
    private boolean grey;

    @Option(names = "--invert", description = "swap dark and light")
    private boolean invert;

    @Option(names = "--bgr", description = "channels in the order blue, green, red")
    private boolean bgr;

    @Option(names = "--scale", paramLabel = "N", description = "divide values, 0 to 255, by this (default: 1)")
    private double scale = 1;

    @Option(names = "--mean", paramLabel = "A,B,C", split = ",", description = "then subtract this, per channel")
    private List<Double> mean = List.of();

    @Option(names = "--std", paramLabel = "A,B,C", split = ",", description = "then divide by this, per channel")
    private List<Double> std = List.of();

    @Option(names = "--layout", paramLabel = "L", description = "nchw or nhwc (default: as the model's input tells)")
    private Optional<Layout> layout = Optional.empty();

    Optional<Size> resize() {
        return resize;
    }

    boolean grey() {
        return grey;
    }

    boolean invert() {
        return invert;
    }

    boolean bgr() {
        return bgr;
    }

    Optional<Layout> layout() {
        return layout;
    }

    /// The tensor's value for a pixel value, 0 to 255.
    double value(int pixel, int channel) {
        double value = (invert ? 255 - pixel : pixel) / scale;
        return (value - of(mean, channel, 0)) / of(std, channel, 1);
    }

    private static double of(List<Double> list, int channel, double fallback) {
        return list.isEmpty() ? fallback : list.get(Math.min(channel, list.size() - 1));
    }
}
