package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.RandomEpilogue;
import dev.balsa.kernel.Rounded;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.StoredParts;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.kernel.amx.Workplace;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Winograd's convolutions on the tile unit against the definition in double precision: as close as [Precision#FAST]
/// says.
class TileWinogradTest {
    /// Fewer than others where they are emulated, as they are large.
    private static final int CASES = CodeTrial.cases(Isa.AMX, CodeTrial.emulates(Isa.AMX) ? 80 : 200);
    /// Of the largest output.
    private static final double BOUND = 2e-5;
    /// The same with one product: twice what random images and kernels gave at most.
    private static final double BFLOAT16_BOUND = 1e-2;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void randomConvolutionsEqualTheirDefinition(int products) {
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            int channels = 33 + random.nextInt(random.nextInt(4) == 0 ? 200 : 70);
            int outputs = random.nextInt(3) == 0
                    ? Storage.CHUNK * (1 + random.nextInt(4))
                    : 1 + random.nextInt(random.nextInt(4) == 0 ? 200 : 70);
            check(seed, products, random, size(random), size(random), channels, outputs);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void manyChannelsStayWithinTheBound(int products) {
        for (int seed = 1; seed <= CodeTrial.cases(Isa.AMX, 3); seed++) {
            check(seed, products, new Random(seed), 9, 8, 1024, 40);
        }
    }

    /// Small caches have depth multiplied in sections, and many workers panels in parts.
    private static Workplace workplace(Random random) {
        return new Workplace(1 + random.nextInt(4), 1L << random.nextInt(16, 22));
    }

    private static int size(Random random) {
        return 1 + random.nextInt(random.nextInt(8) == 0 ? 40 : 14);
    }

    private static void check(int seed, int products, Random random, int height, int width, int channels, int outputs) {
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
        try (var trial = new CodeTrial(seed)) {
            var x = RandomWindow.floats(random, batch * window.inputSize() * channels);
            var w = RandomWindow.floats(random, (long) outputs * channels * window.kernelSize());
            trial.input(x);
            var weights = trial.input(w);
            int count = Math.toIntExact(batch * window.outputSize() * outputs);
            var chain = RandomEpilogue.of(random, 2, outputs, count);
            chain.operands().forEach(trial::input);
            var floats = new ChannelsLastConvRequest(batch, 1, channels, outputs, window, weights, chain.epilogue());
            var kernel = new TileWinogradKernel(new AmxFamily(products));
            var inParts =
                    random.nextBoolean() && !kernel.takes(floats, Storage.PARTS).isEmpty()
                            ? Set.of(floats.output())
                            : Set.<Integer>of();
            var request = kernel.stored(floats, Storage.PARTS, inParts);
            if (inParts.isEmpty()) {
                chain.putOutputOver(trial, random);
            }
            assertThat(WinogradKernel.fits(request)).isTrue();
            var stored =
                    trial.run(new TileWinogradWork(request, new AmxFamily(products), workplace(random), trial), count);
            var found = inParts.isEmpty() ? stored : StoredParts.values(stored);
            compare(seed, products, request, x, w, chain, found);
            if (products == 1) {
                var inputs = new ArrayList<>(List.of(x, w));
                inputs.addAll(chain.operands());
                Rounded.check(seed, kernel, floats, inputs, count, 1e-5);
            }
            if (seed % 3 == 0) {
                compare(
                        seed,
                        products,
                        floats,
                        x,
                        w,
                        chain,
                        ChannelsLastConvTest.apart(seed, kernel, floats, x, w, chain, count));
            }
        }
    }

    private static void compare(
            int seed,
            int products,
            ChannelsLastConvRequest request,
            float[] x,
            float[] w,
            RandomEpilogue chain,
            float[] found) {
        var sums = ConvSums.of(request, x, w).values();
        double largest = 0;
        for (double sum : sums) {
            largest = Math.max(largest, Math.abs(sum));
        }
        for (int i = 0; i < found.length; i++) {
            double expected = chain.apply(sums[i], i);
            double error = chain.error(sums[i], (products == 1 ? BFLOAT16_BOUND : BOUND) * largest + 1e-6);
            double rounding = request.result() == Storage.PARTS ? Math.abs(expected) * 0x1p-17 : 0;
            assertThat((double) found[i])
                    .as("seed %d, element %d of %s", seed, i, request)
                    .isCloseTo(expected, within(1.01 * error + rounding));
        }
    }
}
