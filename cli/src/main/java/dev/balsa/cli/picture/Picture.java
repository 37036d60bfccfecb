package dev.balsa.cli.picture;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ResourceException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/// Pixels of 8 bits per channel, channels interleaved, rows from the top. Not changed after construction.
///
/// Transparent pixels are laid over white. Orientation tags of cameras are not obeyed.
final class Picture {
    private final int width;
    private final int height;
    private final int channels;
    private final byte[] samples;

    /// Takes the samples over.
    Picture(int width, int height, int channels, byte[] samples) {
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.samples = samples;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int channels() {
        return channels;
    }

    /// A sample, 0 to 255.
    int sample(int x, int y, int channel) {
        return samples[(y * width + x) * channels + channel] & 0xFF;
    }

    /// Reads a PNG, JPEG, GIF, BMP or WebP file; a grey one has one channel, all others red, green and blue.
    static Picture read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ResourceException("file " + file
                    + ": does not exist or is no file; expected an .npy, .pb or picture file; check the path");
        }
        try {
            var image = ImageIO.read(file.toFile());
            if (image == null) {
                var formats = Stream.of(ImageIO.getReaderFileSuffixes())
                        .map(String::toLowerCase)
                        .distinct()
                        .sorted();
                throw new ModelFormatException("file " + file + ": not a picture; expected .npy, .pb or one of "
                        + formats.toList() + "; convert the file");
            }
            return of(image);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new ModelFormatException("file " + file + ": damaged picture; found " + e.getMessage(), e);
        }
    }

    private static Picture of(BufferedImage image) {
        boolean grey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && image.getRaster().getNumBands() == 1
                && image.getColorModel().getComponentSize(0) >= 8;
        return grey ? grey(image) : colour(image);
    }

    /// Straight from the raster: asking for RGB would pass grey values through a gamma curve.
    private static Picture grey(BufferedImage image) {
        int shift = image.getColorModel().getComponentSize(0) - 8;
        var samples = new byte[Math.multiplyExact(image.getWidth(), image.getHeight())];
        var row = new int[image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRaster().getSamples(0, y, row.length, 1, 0, row);
            for (int x = 0; x < row.length; x++) {
                samples[y * row.length + x] = (byte) (row[x] >> shift);
            }
        }
        return new Picture(image.getWidth(), image.getHeight(), 1, samples);
    }

    private static Picture colour(BufferedImage image) {
        var samples = new byte[Math.multiplyExact(3, Math.multiplyExact(image.getWidth(), image.getHeight()))];
        var row = new int[image.getWidth()];
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int argb : row) {
                int alpha = argb >>> 24;
                for (int shift = 16; shift >= 0; shift -= 8) {
                    int value = argb >> shift & 0xFF;
                    samples[at++] = (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
                }
            }
        }
        return new Picture(image.getWidth(), image.getHeight(), 3, samples);
    }

    /// The luma of ITU-R BT.601, or this picture if it is grey.
    Picture toGrey() {
        if (channels == 1) {
            return this;
        }
        var grey = new byte[width * height];
        for (int i = 0; i < grey.length; i++) {
            int red = samples[3 * i] & 0xFF;
            int green = samples[3 * i + 1] & 0xFF;
            int blue = samples[3 * i + 2] & 0xFF;
            // 0.299, 0.587 and 0.114 in units of 2^-16
            grey[i] = (byte) (red * 19_595 + green * 38_470 + blue * 7_471 + (1 << 15) >> 16);
        }
        return new Picture(width, height, 1, grey);
    }

    /// Three equal channels, or this picture if it has colours.
    Picture toColour() {
        if (channels == 3) {
            return this;
        }
        var colour = new byte[3 * samples.length];
        for (int i = 0; i < samples.length; i++) {
            Arrays.fill(colour, 3 * i, 3 * i + 3, samples[i]);
        }
        return new Picture(width, height, 3, colour);
    }
}
