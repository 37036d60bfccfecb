package dev.balsa.ir.window;

import dev.balsa.error.ShapeException;
import java.util.Arrays;

/// For one resized dimension: which input elements each output element is made of, and with which weights.
///
/// Every output element has [#taps] entries; sources are clamped to the input, so that entries may repeat an element.
/// Immutable.
public final class ResizeTable {
    private final int taps;
    private final int[] sources;
    private final double[] weights;
    private final boolean[] outside;

    private ResizeTable(int outputs, int taps) {
        this.taps = taps;
        if ((long) outputs * taps > Integer.MAX_VALUE) {
            throw new ShapeException("resize: expected at most " + Integer.MAX_VALUE + " weights per dimension, found "
                    + (long) outputs * taps + "; check the scales or sizes");
        }
        sources = new int[outputs * taps];
        weights = new double[sources.length];
        outside = new boolean[outputs];
    }

    static ResizeTable of(Resize resize, ResizeAxis axis) {
        double shrink = resize.antialias() ? Math.min(axis.scale(), 1) : 1;
        int begin = (int) Math.floor(-resize.mode().reach() / shrink) + 1;
        boolean nearest = resize.mode() == Interpolation.NEAREST;
        var table = new ResizeTable((int) axis.output(), nearest ? 1 : 2 - 2 * begin);
        for (int o = 0; o < axis.output(); o++) {
            double place = resize.coordinates().source(axis, o);
            table.outside[o] = resize.coordinates() == CoordinateMode.TF_CROP_AND_RESIZE
                    && !(place >= 0 && place <= axis.input() - 1);
            if (nearest) {
                table.sources[o] = clamp(resize.nearest().round(place, axis.scale()), axis.input());
                table.weights[o] = 1;
            } else {
                table.weigh(resize, axis, o, place, shrink, begin);
            }
        }
        return table;
    }

    private void weigh(Resize resize, ResizeAxis axis, int o, double place, double shrink, int begin) {
        double base = Math.ceil(place) - 1;
        double sum = 0;
        for (int t = 0; t < taps; t++) {
            double source = base + begin + t;
            boolean drop = resize.excludeOutside() && (source < 0 || source >= axis.input());
            double weight = drop ? 0 : resize.mode().weight(shrink * (source - place), resize.cubicA());
            sources[o * taps + t] = clamp(source, axis.input());
            weights[o * taps + t] = weight;
            sum += weight;
        }
        if (sum == 0) {
            // Everything lies outside: what is left is the border, where all sources are clamped to.
            weights[o * taps] = 1;
            return;
        }
        for (int t = 0; t < taps; t++) {
            weights[o * taps + t] /= sum;
        }
    }

    private static int clamp(double source, long length) {
        return (int) Math.clamp(source, 0, length - 1.0);
    }

    /// Entries per output element.
    public int taps() {
        return taps;
    }

    /// The number of output elements.
    public int outputs() {
        return outside.length;
    }

    /// The input element of entry `tap` of output element `output`.
    public int source(int output, int tap) {
        return sources[output * taps + tap];
    }

    /// The weight of entry `tap` of output element `output`; the weights of one output element add up to 1.
    public double weight(int output, int tap) {
        return weights[output * taps + tap];
    }

    /// Whether the output element lies outside of the input and gets the extrapolation value.
    public boolean isOutside(int output) {
        return outside[output];
    }

    /// Whether any output element lies outside of the input.
    public boolean hasOutside() {
        for (boolean one : outside) {
            if (one) {
                return true;
            }
        }
        return false;
    }

    /// Whether every output element is the input element of the same number.
    public boolean isIdentity(long input) {
        if (input != outside.length) {
            return false;
        }
        for (int i = 0; i < weights.length; i++) {
            boolean takes = sources[i] == i / taps;
            if (outside[i / taps] || !takes && weights[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /// The sources of all entries, output by output, as a new array.
    public int[] sources() {
        return Arrays.copyOf(sources, sources.length);
    }

    /// The weights of all entries, output by output, as a new array.
    public double[] weights() {
        return Arrays.copyOf(weights, weights.length);
    }
}
