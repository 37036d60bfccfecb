package dev.balsa.kernel.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Apart;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Rounded;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.conv.Window;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PoolWorkTest {
    static Stream<Arguments> seeds() {
        return Trials.seeds(60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void windowsOfAllKinds(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var request = request(random);
        var window = request.window();
        var x = Trials.floats(random, request.planes() * window.inputSize());
        var y = SplitTrial.of(Trials.work(PoolKernels.of(provider), request), random)
                .input(x)
                .output(4 * request.planes() * window.outputSize())
                .floats();
        Trials.assertNear(y, expected(request, x), 1e-5, 1e-6);
    }

    @ParameterizedTest
    @MethodSource("codeSeeds")
    void windowsOverChannelsLast(int seed, Isa isa) {
        var random = new Random(seed);
        PoolRequest plain;
        do {
            plain = request(random);
        } while (plain.window().rank() > 2);
        int channels = 1 + random.nextInt(90);
        var w = plain.window();
        var window = new Window(
                with(w.input(), channels),
                with(w.kernel(), 1),
                with(w.strides(), 1),
                with(w.dilations(), 1),
                with(w.pads(), 0),
                with(w.output(), channels));
        var request = new PoolRequest(
                plain.function(), plain.planes(), window, with(plain.endPads(), 0), plain.countPadding());
        var x = Trials.floats(random, request.planes() * window.inputSize());
        if (random.nextInt(4) == 0) {
            x[random.nextInt(x.length)] = Float.NaN;
        }
        var kernel = new PoolCodeKernel(VectorUnit.of(isa).orElseThrow());
        try (var trial = new CodeTrial(seed)) {
            trial.input(x);
            assertThat(kernel.supports(request)).isTrue();
            var y = trial.run(kernel.prepare(request, trial), Math.toIntExact(request.planes() * window.outputSize()));
            Trials.assertNear(y, expected(request, x), 1e-5, 1e-6);
            assertThat(Apart.run(seed, kernel, request, List.of(x), y.length, _ -> channels))
                    .isEqualTo(y);
            Rounded.check(seed, kernel, request, List.of(x), y.length, 0);
        }
    }

    static Stream<Arguments> codeSeeds() {
        return CodeTrial.levels()
                .flatMap(
                        isa -> IntStream.range(0, CodeTrial.cases(isa, 200)).mapToObj(seed -> Arguments.of(seed, isa)));
    }

    private static List<Integer> with(List<Integer> sizes, int last) {
        var all = new ArrayList<>(sizes);
        all.add(last);
        return all;
    }

    /// A damaged or strange model may ask for this; it must not take longer than the image is large.
    @ParameterizedTest
    @EnumSource(VectorProvider.class)
    @Timeout(10)
    void windowsFarLargerThanTheImage(VectorProvider provider) {
        var kernel = 2_000_000_000;
        var pad = kernel / 2;
        var window = new Window(List.of(3), List.of(kernel), List.of(1), List.of(1), List.of(pad), List.of(3));
        var request = new PoolRequest(PoolFunction.AVERAGE, 2, window, List.of(pad), true);
        var y = SplitTrial.of(Trials.work(PoolKernels.of(provider), request), new Random(1))
                .input(new float[] {1e9f, 2e9f, 3e9f, 1, 1, 1})
                .output(4L * 2 * 3)
                .floats();
        Trials.assertNear(y, new double[] {3, 3, 3, 1.5e-9, 1.5e-9, 1.5e-9}, 1e-5, 0);
    }

    private static PoolRequest request(Random random) {
        var lists = new ArrayList<List<Integer>>();
        for (int k = 0; k < 7; k++) {
            lists.add(new ArrayList<>());
        }
        for (int d = 1 + random.nextInt(3); d > 0; d--) {
            var kernel = 1 + random.nextInt(4);
            var stride = 1 + random.nextInt(3);
            var dilation = 1 + random.nextInt(2);
            var reach = (kernel - 1) * dilation + 1;
            var pad = random.nextInt(reach);
            var endPad = random.nextInt(reach);
            var input = Math.max(1, reach - pad - endPad) + random.nextInt(d == 1 ? 40 : 6);
            var ceil = random.nextInt(stride);
            var output = (input + pad + endPad - reach + ceil) / stride + 1;
            var values = List.of(input, kernel, stride, dilation, pad, output, endPad);
            for (int k = 0; k < 7; k++) {
                lists.get(k).add(values.get(k));
            }
        }
        var window = new Window(lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5));
        var function = random.nextBoolean() ? PoolFunction.MAX : PoolFunction.AVERAGE;
        return new PoolRequest(function, 1 + random.nextInt(5), window, lists.get(6), random.nextBoolean());
    }

    private static double[] expected(PoolRequest request, float[] x) {
        var window = request.window().lifted();
        var out = window.output();
        var size = (int) window.outputSize();
        var results = new double[(int) request.planes() * size];
        for (int i = 0; i < results.length; i++) {
            var plane = i / size;
            var h = i / out.get(2) % out.get(1);
            var d = i / out.get(2) / out.get(1) % out.get(0);
            results[i] = window(request, window, x, plane, new int[] {d, h, i % out.get(2)});
        }
        return results;
    }

    private static double window(PoolRequest request, Window window, float[] x, int plane, int[] o) {
        var max = Double.NEGATIVE_INFINITY;
        var sum = 0.0;
        var count = 0;
        for (int k = 0; k < window.kernelSize(); k++) {
            var rest = k;
            var inside = true;
            var counted = true;
            var place = new int[3];
            for (int d = 2; d >= 0; d--) {
                var position = rest % window.kernel().get(d);
                rest /= window.kernel().get(d);
                place[d] = o[d] * window.strides().get(d)
                        + position * window.dilations().get(d)
                        - window.pads().get(d);
                inside &= place[d] >= 0 && place[d] < window.input().get(d);
                var missing = 3 - request.window().rank();
                var end = d < missing ? 0 : request.endPads().get(d - missing);
                counted &= place[d] < window.input().get(d) + end;
            }
            count += request.countPadding() && counted || inside ? 1 : 0;
            if (inside) {
                var in = window.input();
                var value = x[((plane * in.get(0) + place[0]) * in.get(1) + place[1]) * in.get(2) + place[2]];
                sum += value;
                max = Math.max(max, value);
            }
        }
        return request.function() == PoolFunction.MAX ? max : sum / Math.max(1, count);
    }
}
