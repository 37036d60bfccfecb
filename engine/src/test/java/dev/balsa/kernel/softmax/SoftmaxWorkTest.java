package dev.balsa.kernel.softmax;

import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SoftmaxWorkTest {
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
