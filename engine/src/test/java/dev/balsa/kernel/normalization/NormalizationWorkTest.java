package dev.balsa.kernel.normalization;

import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NormalizationWorkTest {
    private static final float EPSILON = 1e-3f;

    static Stream<Arguments> seeds() {
        return Trials.seeds(30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void rows(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var rows = 1 + random.nextInt(6);
        var size = 1 + random.nextInt(700);
        var request = new RowNormRequest(
                rows,
                size,
                EPSILON,
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean());
        var x = Trials.floats(random, rows * size);
        var scale = request.scaled() ? Trials.floats(random, size) : filled(size, 1);
        var bias = request.shifted() ? Trials.floats(random, size) : filled(size, 0);
        var trial = SplitTrial.of(Trials.work(NormalizationKernels.rows(provider), request), random)
                .input(x);
        if (request.scaled()) {
            trial.input(scale);
        }
        if (request.shifted()) {
            trial.input(bias);
        }
        trial.output(4L * x.length);
        if (request.statistics()) {
            trial.output(4L * rows).output(4L * rows);
        }
        var expected = new double[x.length];
        var means = new double[rows];
        var factors = new double[rows];
        for (int row = 0; row < rows; row++) {
            means[row] = request.centered() ? mean(x, row * size, size) : 0;
            factors[row] = 1 / Math.sqrt(squares(x, row * size, size, means[row]) + EPSILON);
            for (int i = 0; i < size; i++) {
                expected[row * size + i] = (x[row * size + i] - means[row]) * factors[row] * scale[i] + bias[i];
            }
        }
        var outputs = trial.run();
        Trials.assertNear(SplitTrial.floats(outputs.getFirst()), expected, 1e-5, 1e-5);
        if (request.statistics()) {
            Trials.assertNear(SplitTrial.floats(outputs.get(1)), means, 1e-5, 1e-6);
            Trials.assertNear(SplitTrial.floats(outputs.get(2)), factors, 1e-5, 0);
        } else {
            Trials.assertNear(trial.inPlaceOf(0).floats(), expected, 1e-5, 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void groups(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var r = new GroupNormRequest(
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                1 + random.nextInt(4),
                1 + random.nextInt(70),
                EPSILON,
                random.nextBoolean());
        var size = r.channels() * r.plane();
        var parameters = r.groups() * (r.perGroup() ? 1 : r.channels());
        var x = Trials.floats(random, (long) r.batch() * r.groups() * size);
        var scale = Trials.floats(random, parameters);
        var bias = Trials.floats(random, parameters);
        var expected = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            var start = i / size * size;
            var mean = mean(x, start, size);
            var channel = i / r.plane() % (r.groups() * r.channels());
            var p = r.perGroup() ? channel / r.channels() : channel;
            expected[i] = (x[i] - mean) / Math.sqrt(squares(x, start, size, mean) + EPSILON) * scale[p] + bias[p];
        }
        var trial = SplitTrial.of(Trials.work(NormalizationKernels.groups(provider), r), random)
                .input(x)
                .input(scale)
                .input(bias)
                .output(4L * x.length);
        Trials.assertNear(trial.floats(), expected, 1e-5, 1e-5);
        Trials.assertNear(trial.inPlaceOf(0).floats(), expected, 1e-5, 1e-5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void batches(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var r = new BatchNormRequest(
                1 + random.nextInt(4), 1 + random.nextInt(9), 1 + random.nextInt(50) % 45, EPSILON);
        var x = Trials.floats(random, r.batch() * r.channels() * r.plane());
        var scale = Trials.floats(random, r.channels());
        var bias = Trials.floats(random, r.channels());
        var mean = Trials.floats(random, r.channels());
        var variance = Trials.floats(random, r.channels());
        var expected = new double[x.length];
        for (int c = 0; c < r.channels(); c++) {
            variance[c] = Math.abs(variance[c]);
        }
        for (int i = 0; i < x.length; i++) {
            var c = i / r.plane() % r.channels();
            expected[i] = (x[i] - mean[c]) / Math.sqrt(variance[c] + EPSILON) * scale[c] + bias[c];
        }
        var y = SplitTrial.of(Trials.work(NormalizationKernels.batches(provider), r), random)
                .input(x)
                .input(scale)
                .input(bias)
                .input(mean)
                .input(variance)
                .output(4L * x.length)
                .floats();
        Trials.assertNear(y, expected, 1e-5, 1e-5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void localResponses(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var r = new LocalResponseRequest(
                1 + random.nextInt(3),
                1 + random.nextInt(9),
                1 + random.nextInt(1300),
                1 + random.nextInt(6),
                0.3f,
                0.75f,
                1.5f);
        var x = Trials.floats(random, r.batch() * r.channels() * r.plane());
        var expected = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            var c = i / r.plane() % r.channels();
            var sum = 0.0;
            for (int k = Math.max(0, c - (r.size() - 1) / 2); k <= Math.min(r.channels() - 1, c + r.size() / 2); k++) {
                var v = (double) x[i + (k - c) * r.plane()];
                sum += v * v;
            }
            expected[i] = x[i] / Math.pow(r.bias() + r.alpha() / r.size() * sum, r.beta());
        }
        var y = SplitTrial.of(Trials.work(NormalizationKernels.localResponses(provider), r), random)
                .input(x)
                .output(4L * x.length)
                .floats();
        Trials.assertNear(y, expected, 3e-6, 0);
    }

    private static double mean(float[] x, int start, int size) {
        var sum = 0.0;
        for (int i = 0; i < size; i++) {
            sum += x[start + i];
        }
        return sum / size;
    }

    private static double squares(float[] x, int start, int size, double center) {
        var sum = 0.0;
        for (int i = 0; i < size; i++) {
            sum += (x[start + i] - center) * (x[start + i] - center);
        }
        return sum / size;
    }

    private static float[] filled(int size, float value) {
        var values = new float[size];
        java.util.Arrays.fill(values, value);
        return values;
    }
}
