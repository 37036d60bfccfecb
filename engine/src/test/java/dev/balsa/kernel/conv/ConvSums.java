package dev.balsa.kernel.conv;

import java.util.ArrayList;

/// A convolution of channels-last images by its definition, in double precision, without its epilogue.
final class ConvSums {
    private final double[] values;
    private final double[] sizes;

    private ConvSums(int count) {
        values = new double[count];
        sizes = new double[count];
    }

    static ConvSums of(ChannelsLastConvRequest r, float[] x, float[] w) {
        int pixels = (int) r.window().outputSize();
        int inputs = (int) r.window().inputSize();
        int taps = r.window().kernelSize();
        int perGroup = r.channels() / r.groups();
        int outputsPerGroup = r.outputs() / r.groups();
        var meetings = new ArrayList<int[]>();
        RandomWindow.forEach(r.window(), false, (o, k, i) -> meetings.add(new int[] {o, k, i}));
        var sums = new ConvSums(r.batch() * pixels * r.outputs());
        for (int image = 0; image < r.batch(); image++) {
            for (var meeting : meetings) {
                for (int m = 0; m < r.outputs(); m++) {
                    int at = (image * pixels + meeting[0]) * r.outputs() + m;
                    for (int c = 0; c < perGroup; c++) {
                        int channel = m / outputsPerGroup * perGroup + c;
                        double product = (double) x[(image * inputs + meeting[2]) * r.channels() + channel]
                                * w[(m * perGroup + c) * taps + meeting[1]];
                        sums.values[at] += product;
                        sums.sizes[at] += Math.abs(product);
                    }
                }
            }
        }
        return sums;
    }

    /// The sums.
    double[] values() {
        return values;
    }

    /// The sums of the products' magnitudes.
    double[] sizes() {
        return sizes;
    }
}
