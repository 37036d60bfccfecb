package dev.balsa.kernel.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.WorkTrial;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Products against their definition in double precision.
class GemmTest {
    private static final int[] SIZES = {1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 33, 48, 63, 64, 65, 100, 130};
    private static final int[] DEPTHS = {0, 1, 2, 9, 64, 255, 256, 257, 300, 520};
    private static final int CASES = Integer.getInteger("dev.balsa.kernel.cases", 100);

    @ParameterizedTest
    @EnumSource
    void randomProductsEqualTheirDefinition(VectorProvider provider) {
        for (long seed = 1; seed <= CASES; seed++) {
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
            var values = epilogue.isEmpty() ? List.of(a.values, b.values) : List.of(a.values, b.values, bias, rest);
            CodeTrial.levels().forEach(isa -> checkCode(what, request, b, values, expected, sizes, isa));
        }
    }

    private static void compare(String what, float[] actual, double[] expected, double[] sizes) {
        for (int i = 0; i < actual.length; i++) {
            assertThat((double) actual[i])
                    .as("%s, element %d", what, i)
                    .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(sizes[i] * 2e-6));
        }
    }

    /// The same in machine code, with B constant or not.
    private static void checkCode(
            String what,
            GemmRequest request,
            Factor b,
            List<float[]> values,
            double[] expected,
            double[] sizes,
            Isa isa) {
        for (boolean isConstant : new boolean[] {false, true}) {
            try (var trial = new CodeTrial()) {
                var memory = values.stream().map(trial::input).toList();
                var same = new GemmRequest(
                        request.m(),
                        request.n(),
                        request.k(),
                        request.alpha(),
                        request.a(),
                        new GemmOperand(
                                b.transposed,
                                b.rowStride,
                                b.offsets,
                                Optional.of(memory.get(1)).filter(_ -> isConstant)),
                        request.epilogue());
                var kernel = new TileGemmKernel(VectorUnit.of(isa).orElseThrow());
                assertThat(kernel.supports(same)).as(what).isEqualTo(request.k() > 0);
                if (request.k() > 0) {
                    compare(what, trial.run(kernel.prepare(same, trial), expected.length), expected, sizes);
                }
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
        // Nothing is behind the last row.
        var size = storedRows == 0 ? 0 : (long) (storedRows - 1) * stride + (transposed ? rows : columns);
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
