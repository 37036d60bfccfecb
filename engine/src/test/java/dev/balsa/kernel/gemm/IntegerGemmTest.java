package dev.balsa.kernel.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.RandomSumResult;
import dev.balsa.kernel.SmallWeights;
import dev.balsa.kernel.tile.IntegerUnit;
import dev.balsa.kernel.tile.PairFactor;
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
    private static final int[] ROWS = {1, 2, 3, 5, 6, 7, 12, 13, 31, 64, 100};
    private static final int[] DEPTHS = {1, 2, 3, 8, 15, 16, 17, 33, 64, 100, 511, 513, 2050, 2100};

    static Stream<Isa> levels() {
        return CodeTrial.levels(IntegerUnit::of);
    }

    @ParameterizedTest
    @MethodSource("levels")
    void randomProductsEqualTheirDefinition(Isa isa) {
        for (int seed = 0; seed < CodeTrial.cases(isa, CASES); seed++) {
            check(seed, isa);
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
            var kernel = new IntegerGemmKernel(IntegerUnit.of(isa).orElseThrow());
            assertThat(kernel.supports(request)).isTrue();
            long bytes = (long) rows * columns * finish.result().bytes();
            var found = trial.runBytes(kernel.prepare(request, trial), List.of(bytes));
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
            assertThat(found.getFirst()).as("seed %d of %s", seed, request).isEqualTo(finish.apply(sums, columns));
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
