package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.RandomEpilogue;
import dev.balsa.kernel.Rounded;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.StoredParts;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.tensor.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Convolutions on the tile unit, of any size whether it pays or not, against their definition in double precision.
class AmxConvTest {
    private static final int CASES = CodeTrial.cases(Isa.AMX, 300);

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void randomConvolutionsEqualTheirDefinition(int products) {
        for (int seed = 0; seed < CASES; seed++) {
            check(seed, products);
        }
    }

    private static void check(int seed, int products) {
        var random = new Random(seed);
        var window = RandomWindow.convolution(random);
        int groups = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1;
        int channels = groups * (1 + random.nextInt(random.nextInt(3) == 0 ? 100 : 12));
        int outputs = groups * (1 + random.nextInt(random.nextInt(3) == 0 ? 100 : 40));
        check(seed, products, random, window, groups, channels, outputs);
    }

    /// Blocks of rows that are split while the block before is multiplied.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void randomPointwiseConvolutionsEqualTheirDefinition(int products) {
        for (int seed = 0; seed < CASES / 2; seed++) {
            var random = new Random(seed);
            int size = 1 + random.nextInt(200);
            var window = pixels(size);
            int channels = 32 * (1 + random.nextInt(5));
            int outputs = 32 * (1 + random.nextInt(random.nextInt(20) == 0 ? 40 : 5));
            check(seed, products, random, window, 1, channels, outputs);
        }
    }

    private static void check(
            int seed, int products, Random random, Window window, int groups, int channels, int outputs) {
        int batch = 1 + random.nextInt(2);
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
            if (!request.isOrdinary()) {
                return;
            }
            var kernel = new TileConvKernel(new AmxFamily(products));
            var found = seed % 3 == 0
                    ? ChannelsLastConvTest.apart(seed, kernel, request, x, w, chain, count)
                    : trial.run(kernel.prepare(request, trial), count);
            var sums = ConvSums.of(request, x, w);
            for (int i = 0; i < found.length; i++) {
                double error = chain.error(sums.values()[i], worst(products) * sums.sizes()[i] + 4e-6);
                assertThat((double) found[i])
                        .as("seed %d, element %d of %s", seed, i, request)
                        .isCloseTo(chain.apply(sums.values()[i], i), within(error));
            }
        }
    }

    @Test
    void operandsInPartsAreAsFloatsThatHavePartsAlone() {
        for (int seed = 0; seed < CASES / 2; seed++) {
            checkParts(seed);
        }
    }

    /// A convolution some of whose operands may be stored otherwise, with its image and weights.
    private record Problem(ChannelsLastConvRequest request, float[] x, float[] w, RandomEpilogue chain, int count) {
        static Problem of(Random random, Window window, CodeTrial trial) {
            int groups = random.nextInt(4) == 0 ? 2 : 1;
            int channels = groups * someChannels(random);
            int outputs = groups * someChannels(random);
            int batch = 1 + random.nextInt(2);
            var x = RandomWindow.floats(random, batch * window.inputSize() * channels);
            var w = RandomWindow.floats(random, (long) outputs * channels / groups * window.kernelSize());
            int count = Math.toIntExact(batch * window.outputSize() * outputs);
            var chain = RandomEpilogue.of(random, 2, outputs, count);
            var request = new ChannelsLastConvRequest(
                    batch, groups, channels, outputs, window, constant(trial, w), chain.epilogue());
            return new Problem(request, x, w, chain, count);
        }
    }

    private static void checkParts(int seed) {
        var random = new Random(seed);
        var window = RandomWindow.convolution(random);
        try (var trial = new CodeTrial(seed)) {
            var problem = Problem.of(random, window, trial);
            var floats = problem.request;
            if (!floats.isOrdinary()) {
                return;
            }
            var kernel = new TileConvKernel(new AmxFamily(3));
            var inParts = kernel.takes(floats, Storage.PARTS).stream()
                    .filter(_ -> random.nextInt(4) > 0)
                    .flatMap(Set::stream)
                    .collect(Collectors.toSet());
            var request = kernel.stored(floats, Storage.PARTS, inParts);
            boolean reads = inParts.contains(0);
            var image = reads ? StoredParts.of(problem.x) : problem.x;
            trial.input(image);
            trial.input(problem.w);
            var chain = problem.chain;
            chain.operands().forEach(trial::input);
            var found = trial.run(kernel.prepare(request, trial), problem.count);
            boolean writes = inParts.contains(request.output());
            var values = writes ? StoredParts.values(found) : found;
            var sums = ConvSums.of(floats, reads ? StoredParts.values(image) : problem.x, problem.w);
            for (int i = 0; i < values.length; i++) {
                double expected = chain.apply(sums.values()[i], i);
                double error = chain.error(sums.values()[i], worst(3) * sums.sizes()[i] + 4e-6);
                double rounding = writes ? Math.abs(expected) * 0x1p-17 : 0;
                assertThat((double) values[i])
                        .as("seed %d, element %d of %s", seed, i, request)
                        .isCloseTo(expected, within(1.01 * error + rounding));
            }
        }
    }

    private static int someChannels(Random random) {
        return random.nextInt(3) == 0 ? 1 + random.nextInt(50) : Storage.CHUNK * (1 + random.nextInt(4));
    }

    @Test
    void operandsOfBfloat16AreAsFloatsThatAreRounded() {
        for (int seed = 0; seed < CASES; seed++) {
            checkRounded(seed);
        }
    }

    private static void checkRounded(int seed) {
        var random = new Random(seed);
        var window = random.nextInt(3) == 0 ? pixels(1 + random.nextInt(150)) : RandomWindow.convolution(random);
        try (var trial = new CodeTrial(seed)) {
            var problem = Problem.of(random, window, trial);
            if (!problem.request.isOrdinary()) {
                return;
            }
            var inputs = new ArrayList<>(List.of(problem.x, problem.w));
            inputs.addAll(problem.chain.operands());
            var kernel = new TileConvKernel(new AmxFamily(1));
            Rounded.check(seed, kernel, problem.request, inputs, problem.count, 1e-5);
        }
    }

    private static Window pixels(int count) {
        return new Window(List.of(count), List.of(1), List.of(1), List.of(1), List.of(0), List.of(count));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void scaledImagesAreAsIfTheyHadBeenMultipliedBefore(int products) {
        for (int seed = 0; seed < CASES / 2; seed++) {
            checkScaled(seed, products);
        }
    }

    private static void checkScaled(int seed, int products) {
        var random = new Random(seed);
        int size = 1 + random.nextInt(80);
        var window = pixels(size);
        int channels = 1 + random.nextInt(100);
        int outputs = 1 + random.nextInt(100);
        int batch = 1 + random.nextInt(3);
        try (var trial = new CodeTrial(seed);
                var plain = new CodeTrial(seed)) {
            var x = RandomWindow.floats(random, (long) batch * size * channels);
            var factors = RandomWindow.floats(random, (long) batch * channels);
            var multiplied = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                multiplied[i] = x[i] * factors[i / channels / size * channels + i % channels];
            }
            var w = RandomWindow.floats(random, (long) outputs * channels);
            int count = batch * size * outputs;
            var chain = RandomEpilogue.of(random, 2, outputs, count);
            var kernel = new TileConvKernel(new AmxFamily(products));
            var floats = new ChannelsLastConvRequest(
                    batch, 1, channels, outputs, window, constant(trial, w), chain.epilogue());
            var scaled = kernel.scaled(floats).orElseThrow();
            trial.input(x);
            trial.input(w);
            chain.operands().forEach(trial::input);
            trial.input(factors);
            plain.input(multiplied);
            plain.input(w);
            chain.operands().forEach(plain::input);
            var found = trial.run(kernel.prepare(scaled, trial), count);
            var expected = plain.run(kernel.prepare(floats, plain), count);
            assertThat(found).as("seed %d, %s", seed, scaled).isEqualTo(expected);
        }
    }

    private static MemorySegment constant(CodeTrial trial, float[] weights) {
        return trial.constant(MemorySegment.ofArray(weights).toArray(ValueLayout.JAVA_BYTE));
    }

    /// How far a product of parts may be from the product: what is left of each factor is at most 2^-8 of it per
    /// part, and sums in float add half an ulp per step of depth.
    private static double worst(int products) {
        return switch (products) {
            case 1 -> 0x1p-7 + 0x1p-15;
            case 3 -> 0x1.8p-15 + 2e-6;
            default -> 2e-6;
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void randomTransposedConvolutionsEqualTheirDefinition(int products) {
        for (int seed = 0; seed < CASES / 2; seed++) {
            checkTransposed(seed, products);
        }
    }

    private static void checkTransposed(int seed, int products) {
        var random = new Random(seed);
        var window = RandomWindow.transposed(random);
        int groups = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(3);
        int channels = groups * (1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 9));
        int outputs = groups * (1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 9));
        int pixels = (int) window.outputSize();
        int size = (int) window.inputSize();
        try (var trial = new CodeTrial(seed)) {
            var x = RandomWindow.floats(random, (long) channels * size);
            var w = RandomWindow.floats(random, (long) outputs * channels / groups * window.kernelSize());
            trial.input(ChannelsLastConvTransposeTest.turned(x, 1, channels, size));
            var weights = trial.input(w);
            var request =
                    new ConvTransposeRequest(1, groups, channels, outputs, window, Optional.of(weights), Epilogue.NONE);
            var vectors = ConvKernels.channelsLastTransposed(Isa.AVX512, Precision.EXACT);
            if (!vectors.getFirst().supports(request)) {
                return;
            }
            var kernel = new TileConvTransposeKernel(new AmxFamily(products));
            var found = trial.run(kernel.prepare(request, trial), outputs * pixels);
            if (products == 1) {
                var inputs = List.of(ChannelsLastConvTransposeTest.turned(x, 1, channels, size), w);
                Rounded.check(seed, kernel, request, inputs, outputs * pixels, 1e-5);
            }
            var sums = ConvTransposeTest.define(request, x, w);
            double most = (double) channels / groups * window.kernelSize();
            for (int i = 0; i < found.length; i++) {
                assertThat((double) found[i])
                        .as("seed %d, element %d of %s", seed, i, request)
                        .isCloseTo(sums[i % outputs * pixels + i / outputs], within(worst(products) * most + 1e-6));
            }
        }
    }

    /// A row of weights without an infinite or missing number is not touched by such an input elsewhere.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void extremeNumbersStayWhereTheyAre(int products) {
        int size = 40;
        int channels = 40;
        int outputs = 17;
        var window = new Window(List.of(size), List.of(1), List.of(1), List.of(1), List.of(0), List.of(size));
        try (var trial = new CodeTrial(1)) {
            var x = RandomWindow.floats(new Random(1), (long) size * channels);
            x[5 * channels + 3] = Float.NaN;
            x[9 * channels + 39] = Float.POSITIVE_INFINITY;
            x[11 * channels] = Float.intBitsToFloat(0x7F80_0001);
            Arrays.fill(x, 13 * channels, 14 * channels, 0);
            x[13 * channels + 1] = Float.MAX_VALUE;
            x[13 * channels + 2] = -0x1.FF7FFFp127f;
            x[13 * channels + 3] = Float.MIN_VALUE;
            var w = new float[outputs * channels];
            Arrays.fill(w, 0.25f);
            trial.input(x);
            var weights = trial.input(w);
            var request = new ChannelsLastConvRequest(1, 1, channels, outputs, window, weights, Epilogue.NONE);
            var kernel = new TileConvKernel(new AmxFamily(products));
            var found = trial.run(kernel.prepare(request, trial), size * outputs);
            double huge = 0.25 * ((double) Float.MAX_VALUE - 0x1.FF7FFFp127);
            for (int i = 0; i < found.length; i++) {
                switch (i / outputs) {
                    case 5, 11 -> assertThat(found[i]).isNaN();
                    case 9 -> assertThat(Float.isFinite(found[i])).isFalse();
                    case 13 -> assertThat((double) found[i]).isCloseTo(huge, within(0x1p120));
                    default -> assertThat(Float.isFinite(found[i])).isTrue();
                }
            }
        }
    }
}
