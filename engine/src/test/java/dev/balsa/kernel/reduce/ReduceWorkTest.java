package dev.balsa.kernel.reduce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReduceWorkTest {
    private static final int CASES = Integer.getInteger("dev.balsa.kernel.cases", 300);
    private static final long MOST_ELEMENTS = 100_000;
    private static final float[] SPECIAL = {
        -0f, 0f, -1f, 1f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
    };

    static Stream<Arguments> seeds() {
        return Trials.seeds(60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anySetOfAxes(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var shape = new ArrayList<Long>();
        var axes = new ArrayList<Integer>();
        for (int d = random.nextInt(6); d > 0; d--) {
            if (random.nextBoolean()) {
                axes.add(shape.size());
            }
            shape.add(1L + random.nextInt(random.nextInt(5) == 0 ? 150 : 6));
        }
        for (var function : ReduceFunction.values()) {
            check(new ReduceRequest(function, shape, axes), random, provider);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingAndInfinities(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var axis = random.nextInt(2);
        for (var function : ReduceFunction.values()) {
            check(
                    new ReduceRequest(function, axis == 0 ? List.of(0L, 3L) : List.of(3L, 0L), List.of(axis)),
                    random,
                    provider);
            check(new ReduceRequest(function, List.of(4L, 0L, 3L), List.of(2 * axis)), random, provider);
        }
        var request = new ReduceRequest(ReduceFunction.LOG_SUM_EXP, List.of(2L, 2L), List.of(axis));
        var inf = Float.POSITIVE_INFINITY;
        var y = SplitTrial.of(Trials.work(ReduceKernels.of(provider), request), random)
                .input(axis == 0 ? new float[] {-inf, inf, -inf, 1} : new float[] {-inf, -inf, inf, 1})
                .output(8)
                .floats();
        Trials.assertNear(y, new double[] {-inf, inf}, 0, 0);
    }

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void anySetOfAxesInCode(Isa isa) {
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            var shape = new ArrayList<Long>();
            var axes = new ArrayList<Integer>();
            for (int d = random.nextInt(6); d > 0; d--) {
                if (random.nextBoolean()) {
                    axes.add(shape.size());
                }
                shape.add(1L + random.nextInt(random.nextInt(5) == 0 ? 150 : 6));
            }
            if (seed % 10 == 0) {
                shape.add(random.nextInt(shape.size() + 1), 1L + random.nextInt(10_000));
            }
            while (Trials.count(shape) > MOST_ELEMENTS) {
                shape.removeLast();
            }
            axes.removeIf(axis -> axis >= shape.size());
            var function = ReduceFunction.values()[random.nextInt(ReduceFunction.values().length)];
            var x = data(function, shape, random);
            checkCode(isa, new ReduceRequest(function, shape, axes), x, 2e-6);
        }
    }

    /// Maxima and minima are exact, down to the sign of zero; NaN and infinities come through.
    @ParameterizedTest
    @MethodSource("levels")
    void specialNumbersInCode(Isa isa) {
        for (int seed = 0; seed < CASES; seed++) {
            var random = new Random(seed);
            var shape = List.of(1L + random.nextInt(4), 1L + random.nextInt(40), 1L + random.nextInt(40));
            var axes = List.of(List.of(1), List.of(2), List.of(0, 2), List.of(0, 1))
                    .get(random.nextInt(4));
            var x = new float[(int) Trials.count(shape)];
            boolean zeros = random.nextBoolean();
            for (int i = 0; i < x.length; i++) {
                x[i] = SPECIAL[random.nextInt(zeros ? 2 : random.nextInt(20) == 0 ? SPECIAL.length : 3)];
            }
            for (var function : List.of(ReduceFunction.MAX, ReduceFunction.MIN)) {
                checkCode(isa, new ReduceRequest(function, shape, axes), x, 0);
            }
            checkCode(isa, new ReduceRequest(ReduceFunction.SUM, shape, axes), x, 1e-6);
            checkCode(isa, new ReduceRequest(ReduceFunction.LOG_SUM_EXP, shape, axes), x, 2e-6);
        }
    }

    private static void checkCode(Isa isa, ReduceRequest request, float[] x, double relative) {
        var kernel = new ReduceCodeKernel(VectorUnit.of(isa).orElseThrow());
        assertThat(kernel.supports(request)).isTrue();
        try (var trial = new CodeTrial()) {
            trial.input(x);
            int outputs = outputs(request);
            var y = trial.run(kernel.prepare(request, trial), outputs);
            Trials.assertNear(y, expected(request, x, outputs), relative, relative * 30);
        }
    }

    @Test
    void codeIsNotForNothing() {
        for (var unit : VectorUnit.of(Isa.AVX2).stream().toList()) {
            var kernel = new ReduceCodeKernel(unit);
            assertThat(kernel.supports(new ReduceRequest(ReduceFunction.SUM, List.of(0L, 3L), List.of(0))))
                    .isFalse();
            assertThat(kernel.supports(new ReduceRequest(ReduceFunction.SUM, List.of(0L, 3L), List.of(1))))
                    .isFalse();
        }
    }

    private static int outputs(ReduceRequest request) {
        long outputs = 1;
        for (int d = 0; d < request.shape().size(); d++) {
            outputs *= request.axes().contains(d) ? 1 : request.shape().get(d);
        }
        return Math.toIntExact(outputs);
    }

    private static float[] data(ReduceFunction function, List<Long> shape, Random random) {
        var x = Trials.floats(random, Trials.count(shape));
        if (function == ReduceFunction.LOG_SUM) {
            for (int i = 0; i < x.length; i++) {
                x[i] = Math.abs(x[i]) + 0.1f;
            }
        }
        return x;
    }

    private static void check(ReduceRequest request, Random random, VectorProvider provider) {
        var x = data(request.function(), request.shape(), random);
        int outputs = outputs(request);
        var y = SplitTrial.of(Trials.work(ReduceKernels.of(provider), request), random)
                .input(x)
                .output(4L * outputs)
                .floats();
        Trials.assertNear(y, expected(request, x, outputs), 2e-6, 2e-5);
    }

    private static double[] expected(ReduceRequest request, float[] x, int outputs) {
        var shape = request.shape();
        var groups = new ArrayList<List<Double>>();
        for (int i = 0; i < outputs; i++) {
            groups.add(new ArrayList<>());
        }
        for (int i = 0; i < x.length; i++) {
            var rest = i;
            var place = 0;
            var stride = 1;
            for (int d = shape.size() - 1; d >= 0; d--) {
                var size = (int) (long) shape.get(d);
                if (!request.axes().contains(d)) {
                    place += rest % size * stride;
                    stride *= size;
                }
                rest /= size;
            }
            groups.get(place).add((double) x[i]);
        }
        return groups.stream()
                .mapToDouble(group -> value(request.function(), group))
                .toArray();
    }

    private static double value(ReduceFunction function, List<Double> x) {
        var values = x.stream().mapToDouble(Double::doubleValue);
        return switch (function) {
            case SUM -> values.sum();
            case MEAN -> x.isEmpty() ? Double.NaN : values.sum() / x.size();
            case MAX -> values.max().orElse(Double.NEGATIVE_INFINITY);
            case MIN -> values.min().orElse(Double.POSITIVE_INFINITY);
            case PRODUCT -> values.reduce(1, (a, b) -> a * b);
            case SUM_OF_SQUARES -> values.map(v -> v * v).sum();
            case L1 -> values.map(Math::abs).sum();
            case L2 -> Math.sqrt(values.map(v -> v * v).sum());
            case LOG_SUM -> Math.log(values.sum());
            case LOG_SUM_EXP -> Math.log(values.map(Math::exp).sum());
        };
    }
}
