package dev.balsa.kernel.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.RandomSumResult;
import dev.balsa.kernel.SmallWeights;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.tile.PairFactor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Products of 8-bit integers and what becomes of them, to the last bit, extreme integers included.
class IntegerGemmTest {
    private static final int CASES = 200;
    private static final int[] ROWS = {1, 2, 3, 5, 6, 7, 12, 13, 31, 32, 33, 64, 100};
    private static final int[] DEPTHS = {1, 2, 3, 8, 12, 15, 16, 17, 20, 33, 64, 100, 511, 513, 2050, 2100};

    private static final int[][] PAIRS = {
        {127, 127},
        {-128, -128},
        {127, 1},
        {1, 127},
        {64, 64},
        {64, 65},
        {-64, -65},
        {-128, -1},
        {127, -128},
        {-128, 127}
    };

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void randomProductsEqualTheirDefinition(Isa isa) {
        for (int seed = 0; seed < CodeTrial.cases(isa, CASES); seed++) {
            check(seed, isa);
        }
    }

    /// Neighbours of one sign by the largest bytes, which 16 bits do not hold, at every place of a quad.
    @ParameterizedTest
    @MethodSource("levels")
    void neighboursBeyondSixteenBitsAreExact(Isa isa) {
        int rows = 33;
        int depth = 20;
        int columns = PAIRS.length * (depth - 1);
        var a = new byte[rows * depth];
        Arrays.fill(a, (byte) -1);
        var b = new byte[depth * columns];
        var sums = new int[rows * columns];
        for (int column = 0; column < columns; column++) {
            var pair = PAIRS[column % PAIRS.length];
            int at = column / PAIRS.length;
            b[at * columns + column] = (byte) pair[0];
            b[(at + 1) * columns + column] = (byte) pair[1];
            for (int row = 0; row < rows; row++) {
                sums[row * columns + column] = 255 * (pair[0] + pair[1]);
            }
        }
        try (var trial = new CodeTrial()) {
            trial.input(a);
            var right = new PairFactor(trial.input(b), List.of(0L), depth, columns, 1, columns, true, Optional.empty());
            var result = new SumResult(false, SumResult.Type.INT32, 1, 0);
            var request = new IntegerGemmRequest(rows, depth, false, false, right, result, Epilogue.NONE);
            for (var kernel : GemmKernels.integers(isa)) {
                var found = trial.runBytes(kernel.prepare(request, trial), List.of((long) sums.length * Integer.BYTES));
                assertThat(MemorySegment.ofArray(found.getFirst()).toArray(ValueLayout.JAVA_INT_UNALIGNED))
                        .as(kernel.spec().name())
                        .isEqualTo(sums);
            }
        }
    }

    private static void check(int seed, Isa isa) {
        var random = new Random(seed);
        int rows = ROWS[random.nextInt(ROWS.length)];
        int depth = DEPTHS[random.nextInt(DEPTHS.length)];
        int columns = 1 + random.nextInt(random.nextInt(3) == 0 ? 150 : 40);
        boolean signedA = random.nextBoolean();
        boolean signedB = random.nextBoolean();
        boolean zeroA = random.nextBoolean();
        boolean transposed = random.nextBoolean();
        boolean extreme = random.nextInt(4) == 0;
        var a = bytes(random, rows * depth, extreme, signedA ? Byte.MIN_VALUE : -1);
        var b = bytes(random, depth * columns, extreme, signedB ? Byte.MIN_VALUE : -1);
        boolean small = random.nextInt(3) > 0;
        if (small) {
            SmallWeights.fill(random, b, signedB);
        }
        var zerosA = bytes(random, 1, extreme, signedA ? Byte.MAX_VALUE : 0);
        var zerosB = bytes(random, random.nextBoolean() ? 1 : columns, extreme, signedB ? Byte.MAX_VALUE : 0);
        if (small) {
            Arrays.fill(zerosB, SmallWeights.zeroPoint(signedB));
        }
        boolean zeroB = small || random.nextBoolean();
        try (var trial = new CodeTrial(seed)) {
            trial.input(a);
            var right = new PairFactor(
                    trial.input(b),
                    List.of(0L),
                    depth,
                    transposed ? 1 : columns,
                    transposed ? depth : 1,
                    columns,
                    signedB,
                    zeroB ? Optional.of(trial.constant(zerosB)) : Optional.empty());
            if (zeroA) {
                trial.input(zerosA);
            }
            var finish = RandomSumResult.of(random, zeroA ? 3 : 2, columns, rows * columns);
            finish.operands().forEach(trial::input);
            var request =
                    new IntegerGemmRequest(rows, depth, signedA, zeroA, right, finish.result(), finish.epilogue());
            long bytes = (long) rows * columns * finish.result().bytes();
            var sums = new int[rows * columns];
            for (int i = 0; i < sums.length; i++) {
                int column = i % columns;
                int zero = zeroA ? value(zerosA[0], signedA) : 0;
                int other = zeroB ? value(zerosB[zerosB.length == 1 ? 0 : column], signedB) : 0;
                for (int d = 0; d < depth; d++) {
                    int at = transposed ? column * depth + d : d * columns + column;
                    sums[i] += (value(a[i / columns * depth + d], signedA) - zero) * (value(b[at], signedB) - other);
                }
            }
            var expected = finish.apply(sums, columns);
            for (var kernel : GemmKernels.integers(isa)) {
                assertThat(kernel.supports(request)).isTrue();
                var found = trial.runBytes(kernel.prepare(request, trial), List.of(bytes));
                assertThat(found.getFirst())
                        .as("%s, seed %d of %s", kernel.spec().name(), seed, request)
                        .isEqualTo(expected);
            }
        }
    }

    private static int value(byte value, boolean signed) {
        return signed ? value : value & 0xFF;
    }

    private static byte[] bytes(Random random, int count, boolean extreme, int value) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        if (extreme) {
            Arrays.fill(bytes, (byte) value);
        }
        return bytes;
    }
}
