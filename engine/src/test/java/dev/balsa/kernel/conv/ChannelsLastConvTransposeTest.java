package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.UnaryFunction;
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
            var bias = RandomWindow.floats(random, outputs);
            var residual = RandomWindow.floats(random, (long) batch * outputs * pixels);
            boolean chained = random.nextBoolean();
            if (chained) {
                trial.input(bias);
                trial.input(turned(residual, batch, outputs, pixels));
            }
            var request = new ConvTransposeRequest(
                    batch, groups, channels, outputs, window, Optional.of(weights), chained ? chain() : Epilogue.NONE);
            var kernel = ConvKernels.channelsLastTransposed(isa).getFirst();
            if (!kernel.supports(request)) {
                return false;
            }
            var found = trial.run(kernel.prepare(request, trial), batch * outputs * pixels);
            var sums = ConvTransposeTest.define(request, x, w);
            for (int i = 0; i < found.length; i++) {
                int channel = i % outputs;
                int first = (i / outputs / pixels * outputs + channel) * pixels + i / outputs % pixels;
                double expected = chained ? Math.max(0, sums[first] + bias[channel] - residual[first]) : sums[first];
                assertThat((double) found[i])
                        .as("seed %d, element %d of %s", seed, i, request)
                        .isCloseTo(expected, within(1e-6 * (2 + channels / groups * window.kernelSize())));
            }
            return true;
        }
    }

    private static Epilogue chain() {
        return new Epilogue(List.of(
                new Stage.Binary(BinaryFunction.ADD, 2, Spread.COLUMN),
                new Stage.Binary(BinaryFunction.SUB, 3, Spread.FULL),
                new Stage.Unary(UnaryFunction.RELU, 0, 0)));
    }

    private static float[] turned(float[] image, int batch, int channels, int size) {
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
