package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.KernelSpec;
import dev.balsa.kernel.RandomEpilogue;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Winograd's convolutions against the definition in double precision: as close as
/// [dev.balsa.tensor.Precision#FAST] says.
class WinogradTest {
    private static final int CASES = 100;
    /// Of the largest output.
    private static final double BOUND = 2e-5;

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void theMatricesMakeAConvolution(int tile) {
        var transform = new WinogradTransform(tile);
        var random = new Random(tile);
        var image = random.doubles(transform.span()).toArray();
        var kernel = random.doubles(WinogradTransform.KERNEL).toArray();
        var parts = times(transform.image(), image);
        var kernelParts = times(transform.kernel(), kernel);
        for (int i = 0; i < parts.length; i++) {
            parts[i] *= kernelParts[i];
        }
        var outputs = times(transform.output(), parts);
        for (int i = 0; i < tile; i++) {
            double expected = 0;
            for (int k = 0; k < kernel.length; k++) {
                expected += image[i + k] * kernel[k];
            }
            assertThat(outputs[i]).isCloseTo(expected, within(1e-13));
        }
    }

    private static double[] times(double[][] matrix, double[] x) {
        var y = new double[matrix.length];
        for (int row = 0; row < y.length; row++) {
            for (int column = 0; column < x.length; column++) {
                y[row] += matrix[row][column] * x[column];
            }
        }
        return y;
    }

    @ParameterizedTest
    @MethodSource("levels")
    void randomConvolutionsEqualTheirDefinition(Isa isa) {
        for (int seed = 0; seed < CodeTrial.cases(isa, CASES); seed++) {
            var random = new Random(seed);
            int channels = 1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 40);
            int outputs = 1 + random.nextInt(70);
            check(seed, isa, random, size(random), size(random), channels, outputs);
        }
    }

    /// Errors grow with the number of channels.
    @ParameterizedTest
    @MethodSource("levels")
    void manyChannelsStayWithinTheBound(Isa isa) {
        for (int seed = 0; seed < (CodeTrial.emulates(isa) ? 1 : 4); seed++) {
            check(seed, isa, new Random(seed), 9, 8, 2048, 24);
        }
    }

    /// The kernel, for images that are too small for it to pay.
    private record AnySize(WinogradTransform transform, VectorUnit unit) implements Kernel<ChannelsLastConvRequest> {
        private Kernel<ChannelsLastConvRequest> kernel() {
            return WinogradKernel.all(unit).getFirst();
        }

        @Override
        public KernelSpec spec() {
            return kernel().spec();
        }

        @Override
        public boolean supports(ChannelsLastConvRequest request) {
            return WinogradKernel.candidates(unit, request).anyMatch(transform::equals);
        }

        @Override
        public Set<Integer> takesApart(ChannelsLastConvRequest request, long step) {
            return kernel().takesApart(request, step);
        }

        @Override
        public ChannelsLastConvRequest apart(ChannelsLastConvRequest request, Map<Integer, Long> steps) {
            return kernel().apart(request, steps);
        }

        @Override
        public Work prepare(ChannelsLastConvRequest request, Constants constants) {
            return new WinogradWork(request, transform, unit, constants);
        }
    }

    private static int size(Random random) {
        return 1 + random.nextInt(random.nextInt(8) == 0 ? 60 : 14);
    }

    private static void check(int seed, Isa isa, Random random, int height, int width, int channels, int outputs) {
        int batch = 1 + random.nextInt(3);
        int top = random.nextInt(-1, 3);
        int left = random.nextInt(-1, 3);
        int outputHeight = Math.max(1, height + top + random.nextInt(2) - 2);
        int outputWidth = Math.max(1, width + left + random.nextInt(2) - 2);
        var window = new Window(
                List.of(height, width),
                List.of(3, 3),
                List.of(1, 1),
                List.of(1, 1),
                List.of(top, left),
                List.of(outputHeight, outputWidth));
        for (int tile : List.of(2, 4)) {
            try (var trial = new CodeTrial(seed)) {
                var x = RandomWindow.floats(random, batch * window.inputSize() * channels);
                var w = RandomWindow.floats(random, (long) outputs * channels * window.kernelSize());
                trial.input(x);
                var weights = trial.input(w);
                int count = Math.toIntExact(batch * window.outputSize() * outputs);
                var chain = RandomEpilogue.of(random, 2, outputs, count);
                chain.operands().forEach(trial::input);
                chain.putOutputOver(trial, random);
                var request =
                        new ChannelsLastConvRequest(batch, 1, channels, outputs, window, weights, chain.epilogue());
                var unit = VectorUnit.of(isa).orElseThrow();
                assertThat(WinogradKernel.candidates(unit, request)).contains(new WinogradTransform(tile));
                var found = trial.run(new WinogradWork(request, new WinogradTransform(tile), unit, trial), count);
                var sums = sums(request, x, w);
                compare(seed, request, found, sums, chain);
                if (seed % 3 == 0) {
                    var kernel = new AnySize(new WinogradTransform(tile), unit);
                    var apart = ChannelsLastConvTest.apart(seed, kernel, request, x, w, chain, count);
                    compare(seed, request, apart, sums, chain);
                }
            }
        }
    }

    private static double[] sums(ChannelsLastConvRequest r, float[] x, float[] w) {
        int channels = r.channels();
        int taps = r.window().kernelSize();
        int pixels = (int) r.window().outputSize();
        int inputs = (int) r.window().inputSize();
        // Weights with outputs last, so that the inner loop runs along both.
        var turned = new double[w.length];
        for (int m = 0; m < r.outputs(); m++) {
            for (int i = 0; i < channels * taps; i++) {
                turned[i * r.outputs() + m] = w[m * channels * taps + i];
            }
        }
        var sums = new double[r.batch() * pixels * r.outputs()];
        RandomWindow.forEach(r.window(), false, (o, k, i) -> {
            for (int image = 0; image < r.batch(); image++) {
                int to = (image * pixels + o) * r.outputs();
                for (int c = 0; c < channels; c++) {
                    double value = x[(image * inputs + i) * channels + c];
                    int from = (c * taps + k) * r.outputs();
                    for (int m = 0; m < r.outputs(); m++) {
                        sums[to + m] += value * turned[from + m];
                    }
                }
            }
        });
        return sums;
    }

    private static void compare(
            int seed, ChannelsLastConvRequest r, float[] found, double[] sums, RandomEpilogue chain) {
        double largest = 0;
        for (double sum : sums) {
            largest = Math.max(largest, Math.abs(sum));
        }
        for (int i = 0; i < found.length; i++) {
            double error = chain.error(sums[i], BOUND * largest + 1e-6);
            assertThat((double) found[i])
                    .as("seed %d, element %d of %s", seed, i, r)
                    .isCloseTo(chain.apply(sums[i], i), within(error));
        }
    }
}
