package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.RandomEpilogue;
import dev.balsa.tensor.Precision;
import java.util.ArrayList;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolutions of channels-last images against their definition in double precision.
class ChannelsLastConvTest {
    private static final int CASES = 300;

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void randomConvolutionsEqualTheirDefinition(Isa isa) {
        for (int seed = 0; seed < CodeTrial.cases(isa, CASES); seed++) {
            check(seed, isa);
        }
    }

    private static void check(int seed, Isa isa) {
        var random = new Random(seed);
        var window = RandomWindow.convolution(random);
        int groups = switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(3);
            case 1 -> 1 + random.nextInt(70);
            default -> 1;
        };
        boolean depthwise = random.nextInt(3) == 0;
        int channels = groups * (depthwise ? 1 : 1 + random.nextInt(groups > 3 ? 3 : 40));
        int outputs = groups * (depthwise ? 1 : 1 + random.nextInt(groups > 3 ? 3 : 70));
        int batch = 1 + random.nextInt(2);
        try (var trial = new CodeTrial(seed)) {
            var x = RandomWindow.floats(random, batch * window.inputSize() * channels);
            var w = RandomWindow.floats(random, (long) outputs * channels / groups * window.kernelSize());
            trial.input(x);
            var weights = trial.input(w);
            int count = Math.toIntExact(batch * window.outputSize() * outputs);
            var chain = RandomEpilogue.of(random, 2, outputs, count);
            chain.operands().forEach(trial::input);
            var request =
                    new ChannelsLastConvRequest(batch, groups, channels, outputs, window, weights, chain.epilogue());
            var kernel = ConvKernels.channelsLast(isa, Precision.EXACT).stream()
                    .filter(k -> k.supports(request))
                    .findFirst();
            if (kernel.isEmpty()) {
                assertThat(groups).as("groups of %s", request).isGreaterThan(64);
                return;
            }
            var found = trial.run(kernel.get().prepare(request, trial), count);
            compare(seed, request, found, x, w, chain);
        }
    }

    private static void compare(
            int seed, ChannelsLastConvRequest r, float[] found, float[] x, float[] w, RandomEpilogue chain) {
        int pixels = (int) r.window().outputSize();
        int inputs = (int) r.window().inputSize();
        int taps = r.window().kernelSize();
        int perGroup = r.channels() / r.groups();
        int outputsPerGroup = r.outputs() / r.groups();
        var meetings = new ArrayList<int[]>();
        RandomWindow.forEach(r.window(), false, (o, k, i) -> meetings.add(new int[] {o, k, i}));
        var sums = new double[found.length];
        var sizes = new double[found.length];
        for (int image = 0; image < r.batch(); image++) {
            for (var meeting : meetings) {
                for (int m = 0; m < r.outputs(); m++) {
                    int at = (image * pixels + meeting[0]) * r.outputs() + m;
                    for (int c = 0; c < perGroup; c++) {
                        int channel = m / outputsPerGroup * perGroup + c;
                        double product = (double) x[(image * inputs + meeting[2]) * r.channels() + channel]
                                * w[(m * perGroup + c) * taps + meeting[1]];
                        sums[at] += product;
                        sizes[at] += Math.abs(product);
                    }
                }
            }
        }
        for (int i = 0; i < found.length; i++) {
            // Sums in float: an error of half an ulp of what has been summed up, per step.
            double error = chain.error(sums[i], 2e-6 * (sizes[i] + 2));
            assertThat((double) found[i])
                    .as("seed %d, element %d of %s", seed, i, r)
                    .isCloseTo(chain.apply(sums[i], i), within(error));
        }
    }
}
