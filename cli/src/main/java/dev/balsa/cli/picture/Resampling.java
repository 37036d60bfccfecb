package dev.balsa.cli.picture;

import java.util.ArrayList;
import java.util.List;

/// Bilinear resizing that averages when it shrinks: the triangle filter grows with the scale, as in Pillow's `resize`
/// with `BILINEAR`, and weights and rounding are fixed-point in the same way, so that 8-bit results agree with
/// Pillow's.
///
/// Rows are resized first, then columns; each pass rounds to 8 bits.
final class Resampling {
    /// Fraction bits of the weights: 32 less 8 for the samples and 2 for sums beyond 255.
    private static final int FRACTION = 32 - 8 - 2;

    /// The source samples from `first` on whose weighted sum is one sample of the result.
    private record Taps(int first, List<Integer> weights) {
        int sum(Picture picture, int fixed, int channel, boolean alongRows) {
            int sum = 1 << (FRACTION - 1);
            for (int i = 0; i < weights.size(); i++) {
                int sample = alongRows
                        ? picture.sample(first + i, fixed, channel)
                        : picture.sample(fixed, first + i, channel);
                sum += weights.get(i) * sample;
            }
            return Math.clamp(sum >> FRACTION, 0, 255);
        }
    }

    private Resampling() {}

    static Picture resize(Picture picture, int width, int height) {
        var wide = picture.width() == width ? picture : pass(picture, width, picture.height(), true);
        return wide.height() == height ? wide : pass(wide, width, height, false);
    }

    private static Picture pass(Picture picture, int width, int height, boolean alongRows) {
        int channels = picture.channels();
        var samples = new byte[Math.multiplyExact(channels, Math.multiplyExact(width, height))];
        var taps = alongRows ? taps(picture.width(), width) : taps(picture.height(), height);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int channel = 0; channel < channels; channel++) {
                    int sum = alongRows
                            ? taps.get(x).sum(picture, y, channel, true)
                            : taps.get(y).sum(picture, x, channel, false);
                    samples[(y * width + x) * channels + channel] = (byte) sum;
                }
            }
        }
        return new Picture(width, height, channels, samples);
    }

    private static List<Taps> taps(int from, int to) {
        double scale = (double) from / to;
        double support = Math.max(scale, 1);
        var all = new ArrayList<Taps>(to);
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max(0, (int) (centre - support + 0.5));
            int end = Math.min(from, (int) (centre + support + 0.5));
            var weights = new double[end - first];
            double sum = 0;
            for (int j = 0; j < weights.length; j++) {
                weights[j] = Math.max(0, 1 - Math.abs((first + j - centre + 0.5) / support));
                sum += weights[j];
            }
            var fixed = new ArrayList<Integer>(weights.length);
            for (double weight : weights) {
                fixed.add((int) (weight / sum * (1 << FRACTION) + 0.5));
            }
            all.add(new Taps(first, fixed));
        }
        return all;
    }
}
