package dev.balsa.kernel.conv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.RandomSumResult;
import dev.balsa.kernel.SmallWeights;
import dev.balsa.kernel.tile.IntegerUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolutions of 8-bit channels-last images and what becomes of them, to the last bit.
class IntegerConvTest {
    private static final int CASES = 250;

    static Stream<Isa> levels() {
        return CodeTrial.levels(IntegerUnit::of);
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
        int channels = groups * (depthwise ? 1 : 1 + random.nextInt(groups > 3 ? 4 : 40));
        int outputs = groups * (depthwise ? 1 : 1 + random.nextInt(groups > 3 ? 3 : 70));
        int batch = 1 + random.nextInt(2);
        boolean signedX = random.nextBoolean();
        boolean signedW = random.nextBoolean();
        boolean zeroX = random.nextBoolean();
        boolean zeroW = random.nextBoolean();
        var x = bytes(random, (int) (batch * window.inputSize() * channels));
        var w = bytes(random, outputs * (channels / groups) * window.kernelSize());
        var zerosX = bytes(random, 1);
        var zerosW = bytes(random, random.nextBoolean() ? 1 : outputs);
        boolean small = random.nextInt(3) > 0;
        if (small) {
            SmallWeights.fill(random, w, signedW);
            Arrays.fill(zerosW, SmallWeights.zeroPoint(signedW));
        }
        int count = Math.toIntExact(batch * window.outputSize() * outputs);
        try (var trial = new CodeTrial(seed)) {
            trial.input(x);
            var weights = new IntegerConvRequest.Weights(
                    trial.input(w), signedW, zeroW || small ? Optional.of(trial.constant(zerosW)) : Optional.empty());
            if (zeroX) {
                trial.input(zerosX);
            }
            var finish = RandomSumResult.of(random, zeroX ? 3 : 2, outputs, count);
            finish.operands().forEach(trial::input);
            var request = new IntegerConvRequest(
                    batch,
                    groups,
                    channels,
                    outputs,
                    window,
                    signedX,
                    zeroX,
                    weights,
                    finish.result(),
                    finish.epilogue());
            var expected = finish.apply(
                    sums(request, x, w, zeroX ? zerosX : new byte[1], zeroW || small ? zerosW : new byte[1]), outputs);
            var kernels = ConvKernels.integers(isa).stream()
                    .filter(kernel -> kernel.supports(request))
                    .toList();
            assertThat(kernels).isNotEmpty();
            for (var kernel : kernels) {
                var found = trial.runBytes(kernel.prepare(request, trial), List.of((long) expected.length));
                assertThat(found.getFirst())
                        .as("%s, seed %d of %s", kernel.spec().name(), seed, request)
                        .isEqualTo(expected);
            }
        }
    }

    private static int[] sums(IntegerConvRequest r, byte[] x, byte[] w, byte[] zerosX, byte[] zerosW) {
        var window = r.window();
        int depth = r.channels() / r.groups();
        int columns = r.outputs() / r.groups();
        int taps = window.kernelSize();
        var sums = new int[Math.toIntExact(r.batch() * window.outputSize() * r.outputs())];
        int zeroX = value(zerosX[0], r.signed());
        RandomWindow.forEach(window, false, (output, tap, input) -> {
            for (int image = 0; image < r.batch(); image++) {
                int pixel = (int) (image * window.inputSize()) + input;
                int result = (int) (image * window.outputSize()) + output;
                for (int m = 0; m < r.outputs(); m++) {
                    int zeroW = value(
                            zerosW[zerosW.length == 1 ? 0 : m], r.weights().signed());
                    int sum = 0;
                    for (int c = 0; c < depth; c++) {
                        int weight = value(
                                w[(m * depth + c) * taps + tap], r.weights().signed());
                        int value = value(x[pixel * r.channels() + m / columns * depth + c], r.signed());
                        sum += (value - zeroX) * (weight - zeroW);
                    }
                    sums[result * r.outputs() + m] += sum;
                }
            }
        });
        return sums;
    }

    private static int value(byte value, boolean signed) {
        return signed ? value : value & 0xFF;
    }

    private static byte[] bytes(Random random, int count) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
