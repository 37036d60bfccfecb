package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.WorkTrial;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Transposed convolutions against their definition in double precision.
class ConvTransposeTest {
    @ParameterizedTest
    @EnumSource
    void randomTransposedConvolutionsEqualTheirDefinition(VectorProvider provider) {
        for (long seed = 1; seed <= 120; seed++) {
            var random = new Random(seed);
            var groups = random.nextBoolean() ? 1 : 1 + random.nextInt(4);
            var channels = groups * (1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 5));
            var outputs = groups * (1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 9));
            check(seed, random, groups, channels, outputs, provider);
        }
    }

    private static void check(
            long seed, Random random, int groups, int channels, int outputs, VectorProvider provider) {
        var batch = 1 + random.nextInt(2);
        var window = RandomWindow.transposed(random);
        var depth = channels / groups;
        var pixels = (int) window.outputSize();
        var size = (int) window.inputSize();
        var taps = window.kernelSize();
        var x = RandomWindow.floats(random, (long) batch * channels * size);
        var w = RandomWindow.floats(random, (long) outputs * depth * taps);
        var bias = RandomWindow.floats(random, outputs);
        var rest = RandomWindow.floats(random, (long) batch * outputs * pixels);
        var plain = random.nextBoolean();
        var epilogue = plain
                ? Epilogue.NONE
                : new Epilogue(List.of(
                        new Stage.Binary(BinaryFunction.ADD, 2, Stage.Spread.ROW),
                        new Stage.Binary(BinaryFunction.SUB, 3, Stage.Spread.FULL),
                        new Stage.Unary(UnaryFunction.RELU, 0, 0)));
        try (var trial = new WorkTrial()) {
            var weights = trial.floats(w);
            var inputs = List.of(trial.floats(x), weights, trial.floats(bias), trial.floats(rest));
            var constant =
                    random.nextBoolean() ? Optional.of(weights) : Optional.<java.lang.foreign.MemorySegment>empty();
            var request = new ConvTransposeRequest(batch, groups, channels, outputs, window, constant, epilogue);
            var work = new PortableConvTransposeKernel(provider).prepare(request, trial);
            var actual = trial.runFloats(work, plain ? inputs.subList(0, 2) : inputs, batch * outputs * pixels);
            var expected = define(request, x, w);
            for (int i = 0; i < actual.length; i++) {
                var value = plain ? expected[i] : Math.max(0, expected[i] + bias[i / pixels % outputs] - rest[i]);
                assertThat((double) actual[i])
                        .as("seed %d, element %d of %s", seed, i, request)
                        .isCloseTo(value, Offset.offset(1e-6 * (2 + depth * taps)));
            }
        }
    }

    /// Sums of products, channels first.
    static double[] define(ConvTransposeRequest request, float[] x, float[] w) {
        var window = request.window();
        var pixels = (int) window.outputSize();
        var size = (int) window.inputSize();
        var taps = window.kernelSize();
        var depth = request.channels() / request.groups();
        var rows = request.outputs() / request.groups();
        var y = new double[request.batch() * request.outputs() * pixels];
        RandomWindow.forEach(window, true, (input, tap, output) -> {
            for (int m = 0; m < request.batch() * request.outputs(); m++) {
                var n = m / request.outputs();
                var out = m % request.outputs();
                var first = out / rows * depth;
                for (int c = first; c < first + depth; c++) {
                    y[m * pixels + output] += (double) x[(n * request.channels() + c) * size + input]
                            * w[(c * rows + out % rows) * taps + tap];
                }
            }
        });
        return y;
    }
}
