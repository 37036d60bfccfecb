package dev.balsa.kernel.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.RandomEpilogue;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.WorkTrial;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Products against their definition in double precision.
class GemmTest {
    private static final int[] SIZES = {1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 33, 48, 63, 64, 65, 100, 130, 250};
    private static final int[] DEPTHS = {0, 1, 2, 9, 64, 255, 256, 257, 300, 520};

    @ParameterizedTest
    @EnumSource
    void randomProductsEqualTheirDefinition(VectorProvider provider) {
        for (long seed = 1; seed <= 100; seed++) {
            check(seed, provider);
        }
    }

    private static void check(long seed, VectorProvider provider) {
        var random = new Random(seed);
        var m = SIZES[random.nextInt(SIZES.length)];
        var n = SIZES[random.nextInt(SIZES.length)];
        var k = DEPTHS[random.nextInt(DEPTHS.length)];
        var batch = 1 + random.nextInt(3);
        var alpha = random.nextBoolean() ? 1f : 0.5f;
        try (var trial = new WorkTrial()) {
            var a = factor(random, m, k, batch);
            var b = factor(random, k, n, batch);
            var memoryA = trial.floats(a.values);
            var memoryB = trial.floats(b.values);
            var bias = floats(random, n);
            var rest = floats(random, batch * m * n);
            var inputs = List.of(memoryA, memoryB, trial.floats(bias), trial.floats(rest));
            var epilogue = random.nextBoolean()
                    ? Epilogue.NONE
                    : new Epilogue(List.of(
                            new Stage.Binary(BinaryFunction.ADD, 2, Stage.Spread.COLUMN),
                            new Stage.Binary(BinaryFunction.MUL, 3, Stage.Spread.FULL),
                            new Stage.Unary(UnaryFunction.RELU, 0, 0)));
            var request =
                    new GemmRequest(m, n, k, alpha, a.operand(random, memoryA), b.operand(random, memoryB), epilogue);
            var used = epilogue.isEmpty() ? inputs.subList(0, 2) : inputs;
            var actual = trial.runFloats(
                    new PortableGemmKernel(provider).prepare(request, trial), new ArrayList<>(used), batch * m * n);
            var expected = new double[actual.length];
            var sizes = new double[actual.length];
            for (int i = 0; i < actual.length; i++) {
                var row = i / n;
                var sum = 0.0;
                sizes[i] = 1;
                for (int l = 0; l < k; l++) {
                    var product = (double) a.at(row / m, row % m, l) * b.at(row / m, l, i % n);
                    sum += product;
                    sizes[i] += Math.abs(product);
                }
                expected[i] = epilogue.isEmpty() ? alpha * sum : Math.max(0, (alpha * sum + bias[i % n]) * rest[i]);
            }
            var what = "seed " + seed + " of " + request;
            compare(what, actual, expected, sizes);
        }
    }

    private static void compare(String what, float[] actual, double[] expected, double[] sizes) {
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i])
                    .as("%s, element %d", what, i)
                    .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(sizes[i] * 2e-6));
        }
    }

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    /// With B constant or not, in machine code.
    @ParameterizedTest
    @MethodSource("levels")
    void randomProductsInCodeEqualTheirDefinition(Isa isa) {
        int cases = CodeTrial.cases(isa, 200);
        for (int seed = 0; seed < cases; seed++) {
            checkCode(seed, isa);
        }
    }

    @ParameterizedTest
    @MethodSource("levels")
    void emptyProductsAreLeftToOthers(Isa isa) {
        var kernel = new TileGemmKernel(VectorUnit.of(isa).orElseThrow(), Precision.FAST);
        assertThat(kernel.supports(single(2, 3, 4))).isTrue();
        assertThat(kernel.supports(single(0, 3, 4))).isFalse();
        assertThat(kernel.supports(single(2, 0, 4))).isFalse();
        assertThat(kernel.supports(single(2, 3, 0))).isFalse();
        var none = new GemmOperand(false, 4, List.of(), Optional.empty());
        assertThat(kernel.supports(new GemmRequest(2, 4, 4, 1, none, none, Epilogue.NONE)))
                .isFalse();
    }

    private static GemmRequest single(int m, int n, int k) {
        return new GemmRequest(m, n, k, 1, GemmOperand.single(false, k), GemmOperand.single(false, n), Epilogue.NONE);
    }

    private static void checkCode(int seed, Isa isa) {
        var random = new Random(seed);
        int m = SIZES[random.nextInt(SIZES.length)];
        int n = SIZES[random.nextInt(SIZES.length)];
        int k = DEPTHS[random.nextInt(DEPTHS.length)];
        int batch = 1 + random.nextInt(3);
        float alpha = random.nextBoolean() ? 1f : 0.5f;
        var a = factor(random, m, k, batch);
        var b = factor(random, k, n, batch);
        var chain = RandomEpilogue.of(random, 2, n, batch * m * n);
        try (var trial = new CodeTrial(seed)) {
            trial.input(a.values);
            var memory = trial.input(b.values);
            boolean isConstant = random.nextBoolean();
            chain.operands().forEach(trial::input);
            var request = new GemmRequest(
                    m,
                    n,
                    k,
                    alpha,
                    new GemmOperand(a.transposed, a.rowStride, a.offsets, Optional.empty()),
                    new GemmOperand(
                            b.transposed,
                            b.rowStride,
                            b.offsets,
                            Optional.of(memory).filter(_ -> isConstant)),
                    chain.epilogue());
            var precision = random.nextBoolean() ? Precision.EXACT : Precision.FAST;
            var unit = VectorUnit.of(isa).orElseThrow();
            var usual = new TileGemmKernel(unit, precision);
            assertThat(usual.supports(request)).as("seed %d, %s", seed, request).isEqualTo(k > 0);
            boolean hasFewBytes = isConstant && request.b().isShared() && random.nextBoolean();
            var rounding = random.nextBoolean() ? Precision.FAST : Precision.BF16;
            var kernel = hasFewBytes ? TileGemmKernel.ofFewBytes(unit, rounding, true) : usual;
            double weightError = !hasFewBytes ? 0 : rounding == Precision.FAST ? 0x1p-17 : 0x1p-9;
            if (k == 0) {
                return;
            }
            var found = trial.run(kernel.prepare(request, trial), batch * m * n);
            for (int i = 0; i < found.length; i++) {
                int row = i / n;
                double sum = 0;
                double size = 1;
                for (int l = 0; l < k; l++) {
                    double product = (double) a.at(row / m, row % m, l) * b.at(row / m, l, i % n);
                    sum += product;
                    size += Math.abs(product);
                }
                assertThat((double) found[i])
                        .as("seed %d, element %d of %s", seed, i, request)
                        .isCloseTo(chain.apply(alpha * sum, i), within(chain.error(sum, size * (2e-6 + weightError))));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("levels")
    void fewBytesAreForFewRowsOfManyWeights(Isa isa) {
        var unit = VectorUnit.of(isa).orElseThrow();
        var usually = TileGemmKernel.ofFewBytes(unit, Precision.FAST, false);
        var decoding = TileGemmKernel.ofFewBytes(unit, Precision.BF16, true);
        assertThat(usually.spec().name()).endsWith("_gemm_f32w24");
        assertThat(decoding.spec().name()).endsWith("_gemm_f32w16");
        try (var arena = Arena.ofConfined()) {
            var weights = arena.allocate(512 * 512 * 4L);
            for (int rows : new int[] {1, 4, 5, 100}) {
                var constant = GemmOperand.single(false, 512).withConstant(weights);
                var many = new GemmRequest(rows, 512, 512, 1, GemmOperand.single(false, 512), constant, Epilogue.NONE);
                assertThat(usually.supports(many)).isEqualTo(rows <= 4);
                assertThat(decoding.supports(many)).isTrue();
                var few = new GemmRequest(rows, 512, 511, 1, GemmOperand.single(false, 511), constant, Epilogue.NONE);
                assertThat(decoding.supports(few)).isFalse();
                assertThat(decoding.supports(single(rows, 512, 512)))
                        .as("no constant")
                        .isFalse();
            }
        }
    }

    private record Factor(float[] values, boolean transposed, long rowStride, List<Long> offsets) {
        float at(int batch, int row, int column) {
            var i = transposed ? column : row;
            var j = transposed ? row : column;
            return values[(int) (offsets.get(batch) + i * rowStride + j)];
        }

        GemmOperand operand(Random random, MemorySegment memory) {
            var operand = new GemmOperand(transposed, rowStride, offsets, java.util.Optional.empty());
            return random.nextBoolean() ? operand : operand.withConstant(memory);
        }
    }

    private static Factor factor(Random random, int rows, int columns, int batch) {
        var transposed = random.nextInt(3) == 0;
        var storedRows = transposed ? columns : rows;
        var stride = (transposed ? rows : columns) + (random.nextBoolean() ? 0 : random.nextInt(5));
        var size = (long) storedRows * stride;
        var shared = random.nextBoolean();
        var offsets = LongStream.range(0, batch)
                .map(i -> shared ? 0 : i * size)
                .boxed()
                .toList();
        return new Factor(floats(random, (int) (shared ? size : size * batch)), transposed, stride, offsets);
    }

    private static float[] floats(Random random, int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }
}
