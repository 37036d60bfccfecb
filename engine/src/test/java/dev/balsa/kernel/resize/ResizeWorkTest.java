package dev.balsa.kernel.resize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.kernel.Apart;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Rounded;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResizeWorkTest {
    private static final int CASES = Integer.getInteger("dev.balsa.kernel.cases", 100);

    static Stream<Arguments> seeds() {
        return Trials.seeds(40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void tablesOfAllKinds(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var axes = new ArrayList<ResizeAxis>();
        for (int d = random.nextInt(3); d >= 0; d--) {
            axes.add(axis(random, d == 0 ? 50 : 7));
        }
        var request = new ResizeRequest(1 + random.nextInt(4), axes);
        var x = input(random, request);
        var y = SplitTrial.of(Trials.work(ResizeKernels.of(provider), request), random)
                .input(x)
                .output(4L * outputs(request))
                .floats();
        Trials.assertNear(y, expected(request, x), 1e-5, 1e-5);
    }

    static IntStream codeSeeds() {
        return IntStream.range(0, CASES);
    }

    @ParameterizedTest
    @MethodSource("codeSeeds")
    void pixelsOfManyChannelsInCode(int seed) {
        var random = new Random(seed);
        var axes = new ArrayList<ResizeAxis>();
        for (int d = random.nextInt(2); d >= 0; d--) {
            axes.add(axis(random, 9));
        }
        int channels = 1 + random.nextInt(100);
        axes.add(new ResizeAxis(
                channels, channels, 1, IntStream.range(0, channels).boxed().toList(), List.of()));
        var request = new ResizeRequest(1 + random.nextInt(3), axes);
        var x = input(random, request);
        CodeTrial.levels().forEach(isa -> {
            var kernel = ResizeKernels.of(isa, VectorProvider.PLAIN).getFirst();
            if (kernel.supports(request)) {
                try (var trial = new CodeTrial()) {
                    trial.input(x);
                    var y = trial.run(kernel.prepare(request, trial), outputs(request));
                    Trials.assertNear(y, expected(request, x), 1e-5, 1e-5);
                    assertThat(Apart.run(seed, kernel, request, List.of(x), y.length, _ -> channels))
                            .isEqualTo(y);
                    Rounded.check(seed, kernel, request, List.of(x), y.length, 0);
                }
            }
        });
    }

    private static float[] input(Random random, ResizeRequest request) {
        int input = request.axes().stream().mapToInt(ResizeAxis::input).reduce(1, (a, b) -> a * b);
        return Trials.floats(random, request.planes() * input);
    }

    private static int outputs(ResizeRequest request) {
        int output = request.axes().stream().mapToInt(ResizeAxis::output).reduce(1, (a, b) -> a * b);
        return (int) request.planes() * output;
    }

    private static double[] expected(ResizeRequest request, float[] x) {
        var axes = request.axes();
        var input = axes.stream().mapToInt(ResizeAxis::input).reduce(1, (a, b) -> a * b);
        var output = axes.stream().mapToInt(ResizeAxis::output).reduce(1, (a, b) -> a * b);
        var expected = new double[(int) request.planes() * output];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = value(axes, axes.size() - 1, i % output, 1, x, i / output * input);
        }
        return expected;
    }

    /// The weighted sum over the taps of axis `d` and all before it.
    private static double value(List<ResizeAxis> axes, int d, int index, int stride, float[] x, int place) {
        if (d < 0) {
            return x[place];
        }
        var axis = axes.get(d);
        var o = index % axis.output();
        var sum = 0.0;
        for (int t = o * axis.taps(); t < (o + 1) * axis.taps(); t++) {
            var inner = place + axis.indices().get(t) * stride;
            var weight = axis.weights().isEmpty() ? 1 : axis.weights().get(t);
            sum += weight * value(axes, d - 1, index / axis.output(), stride * axis.input(), x, inner);
        }
        return sum;
    }

    private static ResizeAxis axis(Random random, int most) {
        var input = 1 + random.nextInt(most);
        var taps = List.of(1, 2, 4, 5).get(random.nextInt(4));
        var output = 1 + random.nextInt(most);
        if (taps == 1 && random.nextBoolean()) {
            return new ResizeAxis(
                    input, input, 1, IntStream.range(0, input).boxed().toList(), List.of());
        }
        var indices = random.ints((long) output * taps, 0, input).boxed().toList();
        var weights = new ArrayList<Float>();
        for (int i = 0; i < output * taps && taps > 1; i++) {
            weights.add(random.nextFloat() - 0.5f);
        }
        return new ResizeAxis(input, output, taps, indices, weights);
    }
}
