package dev.balsa.kernel.softmax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SoftmaxWorkTest {
    private static final int CASES = Integer.getInteger("dev.balsa.kernel.cases", 300);
    private static final long MOST_ELEMENTS = 10_000;
    private static final float[] SPECIAL = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};

    static Stream<Arguments> seeds() {
        return Trials.seeds(40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyAxis(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var inner = random.nextBoolean() ? 1 : 1 + random.nextInt(random.nextInt(4) == 0 ? 1200 : 40);
        var request = new SoftmaxRequest(
                random.nextBoolean(), 1 + random.nextInt(5), 1 + random.nextInt(inner == 1 ? 300 : 9), inner);
        var x = Trials.floats(random, request.outer() * request.size() * inner);
        for (int i = 0; i < x.length; i++) {
            x[i] = x[i] * 30 + 1000;
        }
        var expected = expected(request, x);
        // The logarithm of a probability near 1 is that of a sum rounded to float.
        var absolute = request.logarithm() ? 3e-7 : 1e-30;
        var trial = SplitTrial.of(Trials.work(SoftmaxKernels.of(provider), request), random)
                .input(x)
                .output(4L * x.length);
        Trials.assertNear(trial.floats(), expected, 3e-6, absolute);
        Trials.assertNear(trial.inPlaceOf(0).floats(), expected, 3e-6, absolute);
    }

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void anyAxisInCode(Isa isa) {
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            long inner = random.nextBoolean() ? 1 : 1 + random.nextInt(random.nextInt(4) == 0 ? 1200 : 40);
            int size = 1 + random.nextInt(random.nextInt(3) == 0 ? 20 : inner > 1 ? 9 : seed % 50 == 0 ? 20_000 : 300);
            int mostOuter = Math.clamp(MOST_ELEMENTS / (size * inner), 1, 9);
            var request = new SoftmaxRequest(random.nextBoolean(), 1 + random.nextInt(mostOuter), size, inner);
            var x = Trials.floats(random, request.outer() * size * inner);
            float spread = random.nextInt(3) == 0 ? 30 : 3;
            for (int i = 0; i < x.length; i++) {
                x[i] = x[i] * spread + 1000;
            }
            if (random.nextInt(4) == 0) {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    x[random.nextInt(x.length)] = SPECIAL[random.nextInt(SPECIAL.length)];
                }
            }
            checkCode(isa, request, x, random);
        }
    }

    @ParameterizedTest
    @MethodSource("levels")
    void infinitiesInCode(Isa isa) {
        float inf = Float.POSITIVE_INFINITY;
        for (int size : new int[] {1, 2, 5, 8, 16, 19, 70}) {
            for (float other : new float[] {-inf, inf, Float.NaN, 1}) {
                var x = new float[size];
                Arrays.fill(x, -inf);
                x[size / 2] = other;
                for (boolean logarithm : new boolean[] {false, true}) {
                    checkCode(isa, new SoftmaxRequest(logarithm, 1, size, 1), x, new Random(1));
                }
            }
        }
    }

    private static void checkCode(Isa isa, SoftmaxRequest request, float[] x, Random random) {
        var kernel = new SoftmaxCodeKernel(VectorUnit.of(isa).orElseThrow());
        assertThat(kernel.supports(request)).isTrue();
        var expected = expected(request, x);
        double absolute = request.logarithm() ? 6e-7 : 1e-30;
        try (var trial = new CodeTrial()) {
            trial.input(x);
            var work = kernel.prepare(request, trial);
            Trials.assertNear(trial.run(work, x.length), expected, 3e-6, absolute);
            // Code that is emulated may use no other memory than that of its trial.
            if (!CodeTrial.emulates(isa)) {
                var inPlace = SplitTrial.of(work, random)
                        .input(x)
                        .output(4L * x.length)
                        .inPlaceOf(0);
                Trials.assertNear(inPlace.floats(), expected, 3e-6, absolute);
            }
        }
    }

    private static double[] expected(SoftmaxRequest request, float[] x) {
        var inner = (int) request.inner();
        var results = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            var start = i / inner / request.size() * request.size() * inner + i % inner;
            var max = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < request.size(); k++) {
                max = Math.max(max, x[start + k * inner]);
            }
            var sum = 0.0;
            for (int k = 0; k < request.size(); k++) {
                sum += Math.exp(x[start + k * inner] - max);
            }
            results[i] = request.logarithm() ? x[i] - max - Math.log(sum) : Math.exp(x[i] - max) / sum;
        }
        return results;
    }
}
