package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Apart;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.RandomEpilogue;
import dev.balsa.kernel.Rounded;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.StoredParts;
import dev.balsa.kernel.Work;
import dev.balsa.tensor.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolutions of channels-last images against their definition in double precision.
class ChannelsLastConvTest {
    private static final int CASES = 300;
    private static final int LARGE_CASES = 40;
    private static final int TALL_CASES = 15;
    private static final int MOST_STEPS = 1_500_000;

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

    /// Around the depths at which products are divided into blocks, with several panels.
    @ParameterizedTest
    @MethodSource("levels")
    void deepConvolutionsEqualTheirDefinition(Isa isa) {
        var ones = List.of(1, 1);
        int[] depths = CodeTrial.emulates(isa) ? new int[] {769} : new int[] {767, 768, 769, 900, 1024, 1025, 1600};
        for (int depth : depths) {
            for (int outputs : new int[] {40, 100}) {
                var size = List.of(1, 2 + depth % 23);
                var window = new Window(size, ones, ones, ones, List.of(0, 0), size);
                check(depth, isa, window, 1, 1, depth, outputs);
            }
        }
    }

    /// Of windows whose rows are a few elements, but so many rows that sums are put aside several times.
    @ParameterizedTest
    @MethodSource("levels")
    void tallWindowsEqualTheirDefinition(Isa isa) {
        for (int seed = 0; seed < CodeTrial.cases(isa, TALL_CASES); seed++) {
            var kernel = List.of(60 + 13 * seed, 1 + seed % 3);
            var ones = List.of(1, 1);
            var input = List.of(kernel.get(0) + 2, kernel.get(1) + 4);
            var window = new Window(input, kernel, ones, ones, List.of(0, 0), List.of(3, 5));
            check(seed, isa, window, 1, 1, 1 + seed % 5, 20 + 7 * seed);
        }
    }

    /// Of several bands of rows, and several blocks of channels.
    @ParameterizedTest
    @MethodSource("levels")
    void largeDepthwiseConvolutionsEqualTheirDefinition(Isa isa) {
        for (int seed = 0; seed < CodeTrial.cases(isa, LARGE_CASES); seed++) {
            var random = new Random(seed);
            int kernel = 1 + random.nextInt(seed % 10 == 0 ? 11 : 5);
            int stride = 1 + random.nextInt(2);
            int dilation = seed % 4 == 0 ? 2 : 1;
            int height = 1 + random.nextInt(30);
            int width = 1 + random.nextInt(30);
            int pad = random.nextInt(kernel + 1);
            int reach = (kernel - 1) * dilation + 1;
            var window = new Window(
                    List.of(height, width),
                    List.of(kernel, kernel),
                    List.of(stride, stride),
                    List.of(dilation, dilation),
                    List.of(pad, pad),
                    List.of(outputs(height, pad, reach, stride), outputs(width, pad, reach, stride)));
            long most = MOST_STEPS / (window.outputSize() * window.kernelSize());
            int channels = 2 + random.nextInt(Math.clamp(most, 1, 300));
            if (seed % 2 == 0) {
                channels = Math.ceilDiv(channels, 16) * 16;
            }
            check(seed, isa, window, 1 + random.nextInt(2), channels, channels, channels);
        }
    }

    private static int outputs(int input, int pad, int reach, int stride) {
        return Math.max(1, Math.floorDiv(input + 2 * pad - reach, stride) + 1);
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
        check(seed, isa, window, 1 + random.nextInt(2), groups, channels, outputs);
    }

    private static void check(int seed, Isa isa, Window window, int batch, int groups, int channels, int outputs) {
        var random = new Random(seed);
        try (var trial = new CodeTrial(seed)) {
            var x = RandomWindow.floats(random, batch * window.inputSize() * channels);
            var w = RandomWindow.floats(random, (long) outputs * channels / groups * window.kernelSize());
            trial.input(x);
            var weights = trial.input(w);
            int count = Math.toIntExact(batch * window.outputSize() * outputs);
            var chain = RandomEpilogue.of(random, 2, outputs, count);
            chain.operands().forEach(trial::input);
            chain.putOutputOver(trial, random);
            var request =
                    new ChannelsLastConvRequest(batch, groups, channels, outputs, window, weights, chain.epilogue());
            var precision = random.nextBoolean() ? Precision.EXACT : Precision.FAST;
            var kernels = ConvKernels.channelsLast(isa, precision).stream()
                    .filter(k -> !(k instanceof WinogradKernel) && k.supports(request))
                    .toList();
            if (kernels.isEmpty()) {
                assertThat(groups).as("groups of %s", request).isGreaterThan(64);
            }
            for (var kernel : kernels) {
                var found = trial.run(kernel.prepare(request, trial), count);
                compare(seed, request, found, x, w, chain);
                var withMeans = kernel.withRowMeans(request);
                if (withMeans.isPresent()) {
                    checkMeans(seed, kernel.prepare(withMeans.get(), trial), trial, request, found);
                }
                var inputs = new ArrayList<>(List.of(x, w));
                inputs.addAll(chain.operands());
                Rounded.check(seed, kernel, request, inputs, count, 0);
                checkParts(seed, kernel, request, inputs, found);
                if (seed % 3 == 0) {
                    compare(seed, request, apart(seed, kernel, request, x, w, chain, count), x, w, chain);
                }
            }
        }
    }

    /// The parts are those of the floats, bit for bit.
    private static void checkParts(
            int seed,
            Kernel<ChannelsLastConvRequest> kernel,
            ChannelsLastConvRequest request,
            List<float[]> inputs,
            float[] floats) {
        boolean hasCode = !CodeTrial.emulates(Isa.AMX);
        if (!hasCode || !kernel.takes(request, Storage.PARTS).contains(Set.of(request.output()))) {
            return;
        }
        try (var trial = new CodeTrial(seed)) {
            inputs.forEach(trial::input);
            var inParts = kernel.stored(request, Storage.PARTS, Set.of(request.output()));
            assertThat(kernel.supports(inParts)).as("supports %s", inParts).isTrue();
            var found = trial.run(kernel.prepare(inParts, trial), floats.length);
            assertThat(StoredParts.values(found))
                    .as("seed %d, %s", seed, inParts)
                    .isEqualTo(StoredParts.values(StoredParts.of(floats)));
        }
    }

    /// The output stays the same, bit for bit.
    private static void checkMeans(
            int seed, Work work, CodeTrial trial, ChannelsLastConvRequest request, float[] output) {
        int height = request.batch() * request.window().output().get(0);
        int width = request.window().output().get(1);
        int channels = request.outputs();
        var found = trial.run(work, List.of(height * channels, output.length));
        assertThat(found.get(1)).as("seed %d, %s", seed, request).isEqualTo(output);
        for (int i = 0; i < height * channels; i++) {
            double sum = 0;
            double size = 0;
            for (int pixel = 0; pixel < width; pixel++) {
                float value = output[(i / channels * width + pixel) * channels + i % channels];
                sum += value;
                size += Math.abs(value);
            }
            assertThat((double) found.get(0)[i])
                    .as("seed %d, mean %d of %s", seed, i, request)
                    .isCloseTo(sum / width, within(1e-6 * size + 1e-30));
        }
    }

    /// What a kernel makes of pixels that are apart.
    static float[] apart(
            int seed,
            Kernel<ChannelsLastConvRequest> kernel,
            ChannelsLastConvRequest request,
            float[] x,
            float[] w,
            RandomEpilogue chain,
            int count) {
        var inputs = new ArrayList<>(List.of(x, w));
        inputs.addAll(chain.operands());
        return Apart.run(
                seed, kernel, request, inputs, count, operand -> operand == 0 ? request.channels() : request.outputs());
    }

    private static void compare(
            int seed, ChannelsLastConvRequest r, float[] found, float[] x, float[] w, RandomEpilogue chain) {
        var sums = ConvSums.of(r, x, w);
        for (int i = 0; i < found.length; i++) {
            // Sums in float: an error of half an ulp of what has been summed up, per step.
            double error = chain.error(sums.values()[i], 2e-6 * (sums.sizes()[i] + 2));
            assertThat((double) found[i])
                    .as("seed %d, element %d of %s", seed, i, r)
                    .isCloseTo(chain.apply(sums.values()[i], i), within(error));
        }
    }
}
