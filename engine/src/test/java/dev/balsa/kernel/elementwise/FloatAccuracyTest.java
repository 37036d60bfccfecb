package dev.balsa.kernel.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.balsa.cpu.Isa;
import dev.balsa.ir.elementwise.Pow;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Trials;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The stated errors, measured on floats spread evenly over all bit patterns and on the ends of ranges.
class FloatAccuracyTest {
    /// A prime, so that mantissas differ from one exponent to the next.
    private static final int STEP = 65_537;

    private static final double NEXT_TO_NOTHING = 3e-36;
    /// Sigmoids below may be any number that is.
    private static final double SMALL = 3e-38;

    private static final float[] ENDS = {
        0f,
        -0f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        -Float.MIN_NORMAL,
        1f,
        -1f,
        88.72283f,
        88.72284f,
        -87.33654f,
        -103.97208f,
        -104f,
        -103.5f,
        89f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        9.01f,
        10f,
        3.9f,
        3.94f,
        0.925f,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        12_800f,
        12_801f,
        1e10f,
        -1e30f,
        3.1415927f
    };

    /// @param flushes whether results that are [#SMALL] may be others that are
    private record Case(UnaryFunction function, DoubleUnaryOperator exact, double ulps, boolean flushes) {}

    static Stream<Arguments> cases() {
        return Stream.of(
                        new Case(UnaryFunction.EXP, Math::exp, 2, false),
                        new Case(UnaryFunction.LOG, Math::log, 2, false),
                        new Case(UnaryFunction.SIN, Math::sin, 2, false),
                        new Case(UnaryFunction.COS, Math::cos, 2, false),
                        new Case(UnaryFunction.TANH, Math::tanh, 4, false),
                        new Case(UnaryFunction.SIGMOID, FloatAccuracyTest::sigmoid, 4, true),
                        new Case(UnaryFunction.ERF, PlainDefinitions::erf, 4, false),
                        new Case(UnaryFunction.SOFTPLUS, PlainDefinitions::softplus, 4, true),
                        new Case(UnaryFunction.SQUARE, x -> x * x, 0.5, false),
                        new Case(UnaryFunction.SQRT, Math::sqrt, 0.5, false),
                        new Case(UnaryFunction.FLOOR, Math::floor, 0, false),
                        new Case(UnaryFunction.CEIL, Math::ceil, 0, false),
                        new Case(UnaryFunction.ROUND, Math::rint, 0, false))
                .flatMap(c -> Trials.providers().map(p -> arguments(c, p)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void staysWithinTheStatedError(Case c, VectorProvider provider) {
        var count = (int) ((1L << 32) / STEP) + ENDS.length;
        try (var arena = Arena.ofConfined()) {
            var x = arena.allocate(4L * count, 4);
            for (int i = 0; i < count; i++) {
                var value = i < ENDS.length ? ENDS[i] : Float.intBitsToFloat((i - ENDS.length) * STEP);
                x.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
            }
            var y = arena.allocate(4L * count, 4);
            FloatSpans.of(provider).unary(c.function, 0, 0, x, 0, y, 0, count);
            assertThat(worst(c, x, y, count)).isLessThanOrEqualTo(c.ulps);
        }
    }

    static Stream<Arguments> codeCases() {
        var all = Stream.concat(
                cases().map(arguments -> (Case) arguments.get()[0]).filter(c -> c.function != UnaryFunction.SIGMOID),
                Stream.of(
                        new Case(UnaryFunction.SIGMOID, FloatAccuracyTest::sigmoid, 6, true),
                        new Case(UnaryFunction.RELU, x -> x < 0 ? 0 : x, 0, false),
                        new Case(UnaryFunction.ABS, Math::abs, 0, false),
                        new Case(UnaryFunction.NEG, x -> -x, 0, false)));
        return all.distinct().flatMap(c -> CodeTrial.levels().map(isa -> arguments(c, isa)));
    }

    @ParameterizedTest
    @MethodSource("codeCases")
    void staysWithinTheStatedErrorInCode(Case c, Isa isa) {
        var count = (int) ((1L << 32) / STEP) + ENDS.length;
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i < ENDS.length ? ENDS[i] : Float.intBitsToFloat((i - ENDS.length) * STEP);
        }
        var request = new ElementwiseRequest(
                List.of((long) count), List.of(List.of(1L)), List.of(new Stage.Unary(c.function, 0, 0)));
        try (var trial = new CodeTrial()) {
            trial.input(values);
            var kernel = new ElementwiseCodeKernel(VectorUnit.of(isa).orElseThrow());
            var found = trial.run(kernel.prepare(request, trial), count);
            assertThat(worst(c, MemorySegment.ofArray(values), MemorySegment.ofArray(found), count))
                    .isLessThanOrEqualTo(c.ulps);
        }
    }

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    /// All the way down to where results are next to nothing; what is infinitely low may be nothing or no number.
    @ParameterizedTest
    @MethodSource("levels")
    void swishStaysWithinTheStatedErrorInCode(Isa isa) {
        int count = (int) ((1L << 32) / STEP) + ENDS.length;
        var x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = i < ENDS.length ? ENDS[i] : Float.intBitsToFloat((i - ENDS.length) * STEP);
        }
        var request = new ElementwiseRequest(
                List.of((long) count), List.of(List.of(1L)), List.of(new Stage.Unary(UnaryFunction.SWISH, 1, 0)));
        try (var trial = new CodeTrial()) {
            trial.input(x);
            var kernel = new ElementwiseCodeKernel(VectorUnit.of(isa).orElseThrow());
            var found = trial.run(kernel.prepare(request, trial), count);
            for (int i = 0; i < count; i++) {
                double exact = x[i] / (1 + Math.exp(-(double) x[i]));
                if (x[i] != Float.NEGATIVE_INFINITY && !(Math.abs(found[i] - exact) < NEXT_TO_NOTHING)) {
                    assertThat(ulps(found[i], exact))
                            .as("swish of %s: found %s, expected %s", x[i], found[i], exact)
                            .isLessThanOrEqualTo(6);
                }
            }
        }
    }

    static Stream<Arguments> roughCases() {
        return CodeTrial.levels()
                .filter(isa -> VectorUnit.of(isa).orElseThrow().hasMasks())
                .flatMap(isa -> Stream.of(
                        arguments(UnaryFunction.SIGMOID, (DoubleUnaryOperator) FloatAccuracyTest::sigmoid, isa),
                        arguments(UnaryFunction.SWISH, (DoubleUnaryOperator) x -> x * sigmoid(x), isa)));
    }

    /// What is rounded to a bfloat16 number may be off by 2^-12 before.
    @ParameterizedTest
    @MethodSource("roughCases")
    void whatIsRoundedStaysWithinTheStatedError(UnaryFunction function, DoubleUnaryOperator exact, Isa isa) {
        int count = (int) ((1L << 32) / STEP) + ENDS.length;
        var x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = i < ENDS.length ? ENDS[i] : Float.intBitsToFloat((i - ENDS.length) * STEP);
        }
        var stage = new Stage.Unary(function, 1, 0, true);
        var request = new ElementwiseRequest(List.of((long) count), List.of(List.of(1L)), List.of(stage));
        // Where there is such a processor, it is compared with the emulator.
        try (var trial = new CodeTrial(0)) {
            trial.input(x);
            var kernel = new ElementwiseCodeKernel(VectorUnit.of(isa).orElseThrow());
            var found = trial.run(kernel.prepare(request, trial), count);
            for (int i = 0; i < count; i++) {
                double expected = exact.applyAsDouble(x[i]);
                boolean isNothing = Math.abs(found[i]) < NEXT_TO_NOTHING
                        && (Math.abs(expected) < NEXT_TO_NOTHING || x[i] == Float.NEGATIVE_INFINITY);
                if (!isNothing && !(Math.abs(found[i] - expected) <= Math.abs(expected) * 0x1p-12)) {
                    assertThat((Float) found[i])
                            .as("%s of %s, expected %s", function, x[i], expected)
                            .isEqualTo((Float) (float) expected);
                }
            }
        }
    }

    /// Ends of ranges by one another, and floats of all sizes by exponents whose powers are mostly in range.
    @ParameterizedTest
    @MethodSource("levels")
    void powersStayWithinAnUlpOfTheDefinitionInCode(Isa isa) {
        float[] exponents = {2, 3, -1, -2, 0.5f, -0.5f, 1 / 3f, 2.4f, 1e-3f, 17, -33, 0x1p24f, 1e9f, 1e-30f};
        int each = CodeTrial.emulates(isa) ? 200 : 4_000;
        int count = ENDS.length * ENDS.length + exponents.length * each;
        var x = new float[count];
        var y = new float[count];
        for (int i = 0; i < count; i++) {
            int rest = i - ENDS.length * ENDS.length;
            x[i] = rest < 0 ? ENDS[i / ENDS.length] : Float.intBitsToFloat(rest / exponents.length * 1_048_583);
            y[i] = rest < 0 ? ENDS[i % ENDS.length] : exponents[rest % exponents.length];
        }
        var stage = new Stage.Binary(BinaryFunction.POW, 1, Stage.Spread.FULL);
        var request = new ElementwiseRequest(List.of((long) count), List.of(List.of(1L), List.of(1L)), List.of(stage));
        try (var trial = new CodeTrial()) {
            trial.input(x);
            trial.input(y);
            var kernel = new ElementwiseCodeKernel(VectorUnit.of(isa).orElseThrow());
            var found = trial.run(kernel.prepare(request, trial), count);
            for (int i = 0; i < count; i++) {
                double exact = new Pow().apply(x[i], y[i]);
                assertThat(ulps(found[i], exact))
                        .as("%s to the power of %s: found %s, expected %s", x[i], y[i], found[i], exact)
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    private static double worst(Case c, MemorySegment x, MemorySegment y, int count) {
        var worst = 0.0;
        for (int i = 0; i < count; i++) {
            float argument = x.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            float found = y.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            var exact = c.exact.applyAsDouble(argument);
            if (c.flushes && Math.abs(exact) < SMALL && found >= 0 && found < SMALL) {
                exact = found;
            }
            var error = ulps(found, exact);
            if (error > c.ulps) {
                assertThat(found)
                        .describedAs("%s(%s), %s ulp off", c.function, argument, error)
                        .isEqualTo((float) c.exact.applyAsDouble(argument));
            }
            worst = Math.max(worst, error);
        }
        return worst;
    }

    private static double ulps(float found, double exact) {
        var nearest = (float) exact;
        if (Float.isNaN(nearest) || Float.isNaN(found) || Float.isInfinite(nearest) || Float.isInfinite(found)) {
            return Float.compare(nearest, found) == 0 ? 0 : 1e9;
        }
        return Math.abs(found - exact) / Math.ulp(nearest);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
