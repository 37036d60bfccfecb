package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.amx.AmxFamily;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// How close layers come to the exact result on the tile unit: as close as [dev.balsa.tensor.Precision] says.
/// Weights are normally distributed, inputs are what a rectifier leaves of such.
class AmxAccuracyTest {
    /// A layer on a square image.
    ///
    /// @param way how its rows lie
    record Layer(String way, int size, int kernel, int stride, int pad, int channels, int outputs) {
        int output() {
            return (size + 2 * pad - kernel) / stride + 1;
        }

        Window window() {
            return new Window(
                    List.of(size, size),
                    List.of(kernel, kernel),
                    List.of(stride, stride),
                    List.of(1, 1),
                    List.of(pad, pad),
                    List.of(output(), output()));
        }
    }

    static Stream<Layer> layers() {
        return Stream.of(
                new Layer("cells, several bands", 44, 3, 1, 1, 64, 32),
                new Layer("cells, several parts of panels", 9, 3, 1, 1, 64, 200),
                new Layer("gathered", 30, 7, 2, 3, 3, 24),
                new Layer("dense", 10, 1, 1, 0, 500, 40));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void sixProductsAreCloserThanASumInFloat(Layer layer) {
        var trial = new Trial(layer, 6);
        assertThat(rms(trial.errors(trial.found))).isLessThanOrEqualTo(rms(trial.errors(trial.plain())));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void threeProductsStayWithinTheBound(Layer layer) {
        var trial = new Trial(layer, 3);
        assertThat(largest(trial.errors(trial.found))).isLessThan(2e-5 * largest(trial.exact()));
    }

    /// Both factors are rounded to 8 bits, each with an error of 2^-9 rms at most; errors of many products add up
    /// like the products, whose signs vary.
    @ParameterizedTest
    @MethodSource("layers")
    void oneProductIsAsCloseAsItsFactors(Layer layer) {
        var trial = new Trial(layer, 1);
        assertThat(rms(trial.errors(trial.found))).isLessThan(0x1p-8 * rms(trial.exact()));
    }

    private static double rms(double[] values) {
        return Math.sqrt(DoubleStream.of(values).map(x -> x * x).average().orElseThrow());
    }

    private static double largest(double[] values) {
        return DoubleStream.of(values).map(Math::abs).max().orElseThrow();
    }

    private static final class Trial {
        private final Layer layer;
        private final float[] x;
        private final float[] w;
        private final float[] found;
        private final ConvSums sums;

        Trial(Layer layer, int products) {
            this.layer = layer;
            var random = new Random(layer.hashCode());
            x = new float[layer.size * layer.size * layer.channels];
            w = new float[layer.outputs * layer.channels * layer.kernel * layer.kernel];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) Math.max(0, random.nextGaussian());
            }
            for (int i = 0; i < w.length; i++) {
                w[i] = (float) random.nextGaussian();
            }
            try (var trial = new CodeTrial()) {
                trial.input(x);
                var weights = trial.input(w);
                var request = new ChannelsLastConvRequest(
                        1, 1, layer.channels, layer.outputs, layer.window(), weights, Epilogue.NONE);
                var kernel = new TileConvKernel(new AmxFamily(products));
                int count = layer.output() * layer.output() * layer.outputs;
                found = trial.run(kernel.prepare(request, trial), count);
                sums = ConvSums.of(request, x, w);
            }
        }

        double[] exact() {
            return sums.values();
        }

        double[] errors(float[] values) {
            var errors = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                errors[i] = values[i] - sums.values()[i];
            }
            return errors;
        }

        /// Fused multiply-adds of floats, one after the other.
        float[] plain() {
            var plain = new float[found.length];
            int taps = layer.kernel * layer.kernel;
            RandomWindow.forEach(layer.window(), false, (o, k, i) -> {
                for (int m = 0; m < layer.outputs; m++) {
                    int at = o * layer.outputs + m;
                    for (int c = 0; c < layer.channels; c++) {
                        plain[at] =
                                Math.fma(x[i * layer.channels + c], w[(m * layer.channels + c) * taps + k], plain[at]);
                    }
                }
            });
            return plain;
        }
    }
}
