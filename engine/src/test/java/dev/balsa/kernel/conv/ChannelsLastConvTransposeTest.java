package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Apart;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.RandomEpilogue;
import dev.balsa.tensor.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Transposed convolutions of channels-last images against their definition in double precision.
class ChannelsLastConvTransposeTest {
    private static final int CASES = 300;

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void randomTransposedConvolutionsEqualTheirDefinition(Isa isa) {
        int cases = CodeTrial.cases(isa, CASES);
        int done = 0;
        for (int seed = 0; seed < cases; seed++) {
            done += check(seed, isa) ? 1 : 0;
        }
        assertThat(done).as("cases that are supported").isGreaterThan(cases / 2);
    }

    private static boolean check(int seed, Isa isa) {
        var random = new Random(seed);
        var window = RandomWindow.transposed(random);
        int groups = random.nextBoolean() ? 1 : 1 + random.nextInt(4);
        int channels = groups * (1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 5));
        int outputs = groups * (1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 9));
        int batch = 1 + random.nextInt(2);
        int pixels = (int) window.outputSize();
        int size = (int) window.inputSize();
        try (var trial = new CodeTrial(seed)) {
            var x = RandomWindow.floats(random, (long) batch * channels * size);
            var w = RandomWindow.floats(random, (long) outputs * channels / groups * window.kernelSize());
            trial.input(turned(x, batch, channels, size));
            var weights = trial.input(w);
            var chain = RandomEpilogue.of(random, 2, outputs, batch * outputs * pixels);
            chain.operands().forEach(trial::input);
            var request = new ConvTransposeRequest(
                    batch, groups, channels, outputs, window, Optional.of(weights), chain.epilogue());
            var kernel =
                    ConvKernels.channelsLastTransposed(isa, Precision.EXACT).getLast();
            if (!kernel.supports(request)) {
                return false;
            }
            int count = batch * outputs * pixels;
            var inputs = new ArrayList<>(List.of(turned(x, batch, channels, size), w));
            inputs.addAll(chain.operands());
            var found = seed % 3 == 0
                    ? Apart.run(seed, kernel, request, inputs, count, _ -> outputs)
                    : trial.run(kernel.prepare(request, trial), count);
            var sums = ConvTransposeTest.define(request, x, w);
            for (int i = 0; i < found.length; i++) {
                int channel = i % outputs;
                int first = (i / outputs / pixels * outputs + channel) * pixels + i / outputs % pixels;
                double error = 1e-6 * (2 + channels / groups * window.kernelSize());
                assertThat((double) found[i])
                        .as("seed %d, element %d of %s", seed, i, request)
                        .isCloseTo(chain.apply(sums[first], i), within(chain.error(sums[first], error)));
            }
            return true;
        }
    }

    static float[] turned(float[] image, int batch, int channels, int size) {
        var turned = new float[image.length];
        for (int n = 0; n < batch; n++) {
            for (int c = 0; c < channels; c++) {
                for (int i = 0; i < size; i++) {
                    turned[(n * size + i) * channels + c] = image[(n * channels + c) * size + i];
                }
            }
        }
        return turned;
    }
}
