package dev.balsa.kernel.normalization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NormalizationWorkTest {
    private static final int CASES = Integer.getInteger("dev.balsa.kernel.cases", 300);
    private static final float EPSILON = 1e-3f;

    static Stream<Arguments> seeds() {
        return Trials.seeds(30);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void rows(int seed, VectorProvider provider) {
        checkRows(NormalizationKernels.rows(provider).getFirst(), Optional.empty(), new Random(seed));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void rowsInCode(Isa isa) {
        inCode(isa, RowNormCodeKernel::new, NormalizationWorkTest::checkRows);
    }

    private static void checkRows(Kernel<RowNormRequest> kernel, Optional<CodeTrial> code, Random random) {
        var rows = 1 + random.nextInt(6);
        var size = 1 + random.nextInt(random.nextInt(20) == 0 ? 10_000 : 700);
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
        var inputs = new ArrayList<>(List.of(x));
        if (request.scaled()) {
            inputs.add(scale);
        }
        if (request.shifted()) {
            inputs.add(bias);
        }
        var work = work(kernel, request, code);
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
        var lengths = request.statistics() ? List.of(x.length, rows, rows) : List.of(x.length);
        var outputs = outputs(work, code, random, inputs, lengths);
        Trials.assertNear(outputs.getFirst(), expected, 1e-5, 1e-5);
        if (request.statistics()) {
            Trials.assertNear(outputs.get(1), means, 1e-5, 1e-6);
            Trials.assertNear(outputs.get(2), factors, 1e-5, 0);
        } else if (runsHere(kernel)) {
            Trials.assertNear(inPlace(work, random, inputs), expected, 1e-5, 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void groups(int seed, VectorProvider provider) {
        checkGroups(NormalizationKernels.groups(provider).getFirst(), Optional.empty(), new Random(seed));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void groupsInCode(Isa isa) {
        inCode(isa, GroupNormCodeKernel::new, NormalizationWorkTest::checkGroups);
    }

    private static void checkGroups(Kernel<GroupNormRequest> kernel, Optional<CodeTrial> code, Random random) {
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
        var work = work(kernel, r, code);
        var inputs = List.of(x, scale, bias);
        var y = outputs(work, code, random, inputs, List.of(x.length)).getFirst();
        Trials.assertNear(y, expected, 1e-5, 1e-5);
        if (runsHere(kernel)) {
            Trials.assertNear(inPlace(work, random, inputs), expected, 1e-5, 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void batches(int seed, VectorProvider provider) {
        checkBatches(NormalizationKernels.batches(provider).getFirst(), Optional.empty(), new Random(seed));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void batchesInCode(Isa isa) {
        inCode(isa, BatchNormCodeKernel::new, NormalizationWorkTest::checkBatches);
    }

    private static void checkBatches(Kernel<BatchNormRequest> kernel, Optional<CodeTrial> code, Random random) {
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
        var work = work(kernel, r, code);
        var inputs = List.of(x, scale, bias, mean, variance);
        var y = outputs(work, code, random, inputs, List.of(x.length)).getFirst();
        Trials.assertNear(y, expected, 1e-5, 1e-5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void localResponses(int seed, VectorProvider provider) {
        checkLocalResponses(
                NormalizationKernels.localResponses(provider).getFirst(), Optional.empty(), new Random(seed));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void localResponsesInCode(Isa isa) {
        inCode(isa, LocalResponseCodeKernel::new, NormalizationWorkTest::checkLocalResponses);
    }

    private static void checkLocalResponses(
            Kernel<LocalResponseRequest> kernel, Optional<CodeTrial> code, Random random) {
        var r = new LocalResponseRequest(
                1 + random.nextInt(3),
                1 + random.nextInt(9),
                1 + random.nextInt(1300),
                1 + random.nextInt(6),
                0.3f,
                random.nextBoolean() ? 0.75f : 0.6f,
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
        var work = work(kernel, r, code);
        var y = outputs(work, code, random, List.of(x), List.of(x.length)).getFirst();
        Trials.assertNear(y, expected, 3e-6, 0);
    }

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    private interface Check<R> {
        void run(Kernel<R> kernel, Optional<CodeTrial> code, Random random);
    }

    private static <R> void inCode(Isa isa, Function<VectorUnit, Kernel<R>> kernel, Check<R> check) {
        for (int seed = 0; seed < CASES; seed++) {
            try (var trial = new CodeTrial()) {
                check.run(kernel.apply(VectorUnit.of(isa).orElseThrow()), Optional.of(trial), new Random(seed));
            }
        }
    }

    private static <R> Work work(Kernel<R> kernel, R request, Optional<CodeTrial> code) {
        assertThat(kernel.supports(request)).isTrue();
        return kernel.prepare(request, code.<Constants>map(trial -> trial).orElse(Trials.NO_CONSTANTS));
    }

    /// The outputs of a work: of code on guard pages.
    private static List<float[]> outputs(
            Work work, Optional<CodeTrial> code, Random random, List<float[]> inputs, List<Integer> lengths) {
        if (code.isPresent()) {
            inputs.forEach(code.get()::input);
            return code.get().run(work, lengths);
        }
        var trial = SplitTrial.of(work, random);
        inputs.forEach(trial::input);
        lengths.forEach(length -> trial.output(4L * length));
        return trial.run().stream().map(SplitTrial::floats).toList();
    }

    /// The output of a work that has the first input's memory.
    private static float[] inPlace(Work work, Random random, List<float[]> inputs) {
        var trial = SplitTrial.of(work, random);
        inputs.forEach(trial::input);
        return trial.output(4L * inputs.getFirst().length).inPlaceOf(0).floats();
    }

    /// Code that is emulated may use no other memory than that of its trial.
    private static boolean runsHere(Kernel<?> kernel) {
        return !CodeTrial.emulates(kernel.spec().isa());
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
