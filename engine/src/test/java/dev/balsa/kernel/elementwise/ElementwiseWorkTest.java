package dev.balsa.kernel.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Apart;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.RandomEpilogue;
import dev.balsa.kernel.Rounded;
import dev.balsa.kernel.SplitTrial;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.VectorProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ElementwiseWorkTest {
    static Stream<Arguments> seeds() {
        return Trials.seeds(40);
    }

    static Stream<Arguments> functions() {
        var unary = Arrays.stream(UnaryFunction.values()).map(f -> (Stage) new Stage.Unary(f, 0.3f, 0.7f));
        var binary = Arrays.stream(BinaryFunction.values()).map(f -> (Stage) new Stage.Binary(f, 1, Stage.Spread.FULL));
        return Stream.concat(unary, binary).flatMap(stage -> Trials.providers().map(p -> Arguments.of(stage, p)));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void everyFunctionIsItsDefinition(Stage stage, VectorProvider provider) {
        for (int n : new int[] {1, 15, 16, 17, 33, 5000}) {
            for (long step = 0; step < 3; step++) {
                var request =
                        new ElementwiseRequest(List.of((long) n), List.of(List.of(1L), List.of(step)), List.of(stage));
                check(request, new Random(n), provider, -1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void chainsOverBroadcastOperands(int seed, VectorProvider provider) {
        var random = new Random(seed);
        var shape = new ArrayList<Long>();
        for (int d = random.nextInt(5); d > 0; d--) {
            shape.add(random.nextInt(4) == 0 ? 1L : 1L + random.nextInt(d == 1 ? 60 : 9));
        }
        var strides = new ArrayList<List<Long>>();
        strides.add(strides(
                shape,
                random.nextInt(3) == 0
                        ? random
                        : new Random(0) {
                            @Override
                            public int nextInt(int bound) {
                                return 1;
                            }
                        }));
        var stages = new ArrayList<Stage>();
        for (int k = random.nextInt(4); k > 0; k--) {
            if (random.nextBoolean()) {
                stages.add(new Stage.Unary(UnaryFunction.TANH, 0, 0));
            } else {
                stages.add(new Stage.Binary(BinaryFunction.SUB, strides.size(), Stage.Spread.FULL));
                strides.add(strides(shape, random));
            }
        }
        var request = new ElementwiseRequest(shape, strides, stages);
        check(request, random, provider, -1);
        if (strides.getFirst().equals(strides(shape, null))) {
            check(request, random, provider, 0);
        }
    }

    /// Contiguous strides, with dimensions broadcast at random.
    private static List<Long> strides(List<Long> shape, Random random) {
        var strides = new ArrayList<Long>();
        long stride = 1;
        for (var size : shape.reversed()) {
            var broadcast = random != null && random.nextInt(3) == 0;
            strides.addFirst(broadcast ? 0 : stride);
            stride *= broadcast ? 1 : size;
        }
        return strides;
    }

    private static void check(ElementwiseRequest request, Random random, VectorProvider provider, int inPlace) {
        var trial = SplitTrial.of(Trials.work(ElementwiseKernels.chains(provider), request), random);
        var inputs = new ArrayList<float[]>();
        for (var strides : request.strides()) {
            inputs.add(Trials.floats(random, length(request.shape(), strides)));
            trial.input(inputs.getLast());
        }
        var count = Trials.count(request.shape());
        trial.output(4 * count);
        if (inPlace >= 0) {
            trial.inPlaceOf(inPlace);
        }
        var expected = expected(request, inputs, (int) count);
        Trials.assertNear(trial.floats(), expected, 2e-6, 1e-6);
        CodeTrial.levels().forEach(isa -> checkCode(request, inputs, expected, isa));
    }

    private static void checkCode(ElementwiseRequest request, List<float[]> inputs, double[] expected, Isa isa) {
        var kernel = new ElementwiseCodeKernel(VectorUnit.of(isa).orElseThrow());
        if (kernel.supports(request)) {
            try (var trial = new CodeTrial()) {
                inputs.forEach(trial::input);
                Trials.assertNear(trial.run(kernel.prepare(request, trial), expected.length), expected, 2e-6, 1e-6);
            }
        }
    }

    /// Chains of random stages over shapes that any operand may widen to.
    @ParameterizedTest
    @MethodSource("levels")
    void randomChainsInCode(Isa isa) {
        int cases = CodeTrial.cases(isa, 200);
        int done = 0;
        for (int seed = 0; seed < cases; seed++) {
            done += checkChain(seed, isa) ? 1 : 0;
        }
        assertThat(done).as("cases that are supported").isGreaterThan(cases / 2);
    }

    private static boolean checkChain(int seed, Isa isa) {
        var random = new Random(seed);
        var shape = new ArrayList<Long>();
        for (int d = random.nextInt(4); d >= 0; d--) {
            shape.add(random.nextInt(4) == 0 ? 1L : 1L + random.nextInt(d == 0 ? 90 : 9));
        }
        int count = Math.toIntExact(Trials.count(shape));
        var strides = new ArrayList<List<Long>>();
        strides.add(strides(shape, null));
        var stages = new ArrayList<Stage>();
        var inputs = new ArrayList<float[]>();
        inputs.add(Trials.floats(random, count));
        for (var stage : RandomEpilogue.of(random, 1, 1, count).stages()) {
            stages.add(
                    switch (stage) {
                        case Stage.Unary _ -> stage;
                        case Stage.Binary b -> new Stage.Binary(b.function(), strides.size(), Stage.Spread.FULL);
                    });
            if (stage instanceof Stage.Binary) {
                strides.add(strides(shape, random));
                inputs.add(Trials.floats(random, length(shape, strides.getLast())));
            }
        }
        var request = new ElementwiseRequest(shape, strides, stages);
        var kernel = new ElementwiseCodeKernel(VectorUnit.of(isa).orElseThrow());
        if (!kernel.supports(request)) {
            return false;
        }
        try (var trial = new CodeTrial(seed)) {
            inputs.forEach(trial::input);
            var found = trial.run(kernel.prepare(request, trial), count);
            var expected = expected(request, inputs, count);
            for (int i = 0; i < count; i++) {
                // Functions are steep at most as products with operands are.
                assertThat((double) found[i])
                        .as("seed %d, element %d of %s", seed, i, request)
                        .isCloseTo(expected[i], within(2e-5 * (1 + Math.abs(expected[i]))));
            }
            int row = shape.getLast().intValue();
            assertThat(Apart.run(seed, kernel, request, inputs, count, _ -> row))
                    .as("seed %d, rows apart, of %s", seed, request)
                    .isEqualTo(found);
            Rounded.check(seed, kernel, request, inputs, count, 0);
        }
        return true;
    }

    private static long length(List<Long> shape, List<Long> strides) {
        long length = 1;
        for (int d = 0; d < strides.size(); d++) {
            length += (shape.get(d) - 1) * strides.get(d);
        }
        return length;
    }

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    /// As `Math.min` and `Math.max` have it, which the other kernels and the plain definitions follow: a negative
    /// zero is less than a positive one, and NaN is contagious.
    @ParameterizedTest
    @MethodSource("levels")
    void extremesInCodeTellZerosApartAndKeepNaN(Isa isa) {
        float[] values = {0f, -0f, 1f, -1f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        int count = values.length * values.length;
        var x = new float[count];
        var y = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = values[i / values.length];
            y[i] = values[i % values.length];
        }
        for (var function : List.of(BinaryFunction.MIN, BinaryFunction.MAX)) {
            var stage = new Stage.Binary(function, 1, Stage.Spread.FULL);
            var request =
                    new ElementwiseRequest(List.of((long) count), List.of(List.of(1L), List.of(1L)), List.of(stage));
            try (var trial = new CodeTrial()) {
                trial.input(x);
                trial.input(y);
                var kernel = new ElementwiseCodeKernel(VectorUnit.of(isa).orElseThrow());
                var found = trial.run(kernel.prepare(request, trial), count);
                for (int i = 0; i < count; i++) {
                    float expected = function == BinaryFunction.MIN ? Math.min(x[i], y[i]) : Math.max(x[i], y[i]);
                    assertThat(Float.floatToIntBits(found[i]))
                            .as("%s of %s and %s", function, x[i], y[i])
                            .isEqualTo(Float.floatToIntBits(expected));
                }
            }
        }
    }

    private static double[] expected(ElementwiseRequest request, List<float[]> inputs, int count) {
        var results = new double[count];
        for (int i = 0; i < count; i++) {
            double value = inputs.getFirst()[place(request, 0, i)];
            for (var stage : request.stages()) {
                value = switch (stage) {
                    case Stage.Unary u -> PlainDefinitions.unary(u.function(), value, u.alpha(), u.beta());
                    case Stage.Binary b ->
                        PlainDefinitions.binary(
                                b.function(), value, inputs.get(b.operand())[place(request, b.operand(), i)]);
                };
            }
            results[i] = value;
        }
        return results;
    }

    private static int place(ElementwiseRequest request, int operand, int index) {
        long place = 0;
        var rest = index;
        for (int d = request.shape().size() - 1; d >= 0; d--) {
            var size = (int) (long) request.shape().get(d);
            place += rest % size * request.strides().get(operand).get(d);
            rest /= size;
        }
        return (int) place;
    }
}
