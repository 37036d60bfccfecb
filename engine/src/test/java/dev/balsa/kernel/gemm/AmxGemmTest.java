package dev.balsa.kernel.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.RandomEpilogue;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.tensor.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Products on the tile unit, of any size whether it pays or not, against their definition in double precision.
class AmxGemmTest {
    private static final int CASES = CodeTrial.cases(Isa.AMX, 250);

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void randomProductsEqualTheirDefinition(int products) {
        for (int seed = 0; seed < CASES; seed++) {
            check(seed, products);
        }
    }

    private static void check(int seed, int products) {
        var random = new Random(seed);
        int m = 1 + random.nextInt(70);
        int n = 1 + random.nextInt(random.nextBoolean() ? 20 : 90);
        int k = 1 + random.nextInt(random.nextBoolean() ? 40 : 150);
        int batch = 1 + random.nextInt(3);
        float alpha = random.nextBoolean() ? 1 : 0.7f;
        boolean transposed = random.nextBoolean();
        int rowA = k + random.nextInt(2) * random.nextInt(5);
        int rowB = (transposed ? k : n) + random.nextInt(2) * random.nextInt(5);
        boolean sharesA = random.nextInt(4) == 0;
        try (var trial = new CodeTrial(seed)) {
            // Rows end with the matrix: nothing stands behind the last one.
            var a = floats(random, (sharesA ? 0 : (batch - 1) * m * rowA) + (m - 1) * rowA + k);
            var b = floats(random, ((transposed ? n : k) - 1) * rowB + (transposed ? k : n));
            trial.input(a);
            var memory = trial.input(b);
            var chain = RandomEpilogue.of(random, 2, n, batch * m * n);
            chain.operands().forEach(trial::input);
            var offsetsA = new ArrayList<Long>();
            var offsetsB = new ArrayList<Long>();
            for (int i = 0; i < batch; i++) {
                offsetsA.add(sharesA ? 0L : (long) i * m * rowA);
                offsetsB.add(0L);
            }
            var request = new GemmRequest(
                    m,
                    n,
                    k,
                    alpha,
                    new GemmOperand(false, rowA, offsetsA, Optional.empty()),
                    new GemmOperand(transposed, rowB, offsetsB, Optional.of(memory)),
                    chain.epilogue());
            var kernel = new ConstantGemmKernel(new AmxFamily(products));
            var found = trial.run(kernel.prepare(request, trial), batch * m * n);
            for (int i = 0; i < found.length; i++) {
                int row = i / n;
                int column = i % n;
                double sum = 0;
                double size = 0;
                for (int l = 0; l < k; l++) {
                    double product = (double) a[(int) (offsetsA.get(row / m) + (long) row % m * rowA + l)]
                            * b[transposed ? column * rowB + l : l * rowB + column];
                    sum += product;
                    size += Math.abs(product);
                }
                double error = chain.error(alpha * sum, worst(products) * size + 1e-6);
                assertThat((double) found[i])
                        .as("seed %d, row %d, column %d of %s", seed, row, column, request)
                        .isCloseTo(chain.apply(alpha * sum, i), within(error));
            }
        }
    }

    private static double worst(int products) {
        return switch (products) {
            case 1 -> 0x1p-7 + 0x1p-15;
            case 3 -> 0x1.8p-15 + 2e-6;
            default -> 2e-6;
        };
    }

    private static float[] floats(Random random, int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }

    @Test
    void fewRowsAndMuchThatFillsTilesUpAreLeftToVectors() {
        assertThat(names(7, 64, 64, Precision.FAST)).startsWith("avx512_gemm_f32");
        assertThat(names(8, 64, 64, Precision.FAST)).startsWith("amx_gemm_bf16x3", "avx512_gemm_f32");
        assertThat(names(64, 3, 64, Precision.FAST)).startsWith("avx512_gemm_f32");
        assertThat(names(64, 64, 12, Precision.FAST)).startsWith("amx_gemm_bf16x3");
        assertThat(names(64, 64, 12, Precision.EXACT)).startsWith("avx512_gemm_f32");
        assertThat(names(64, 64, 32, Precision.EXACT)).startsWith("amx_gemm_bf16x6");
        assertThat(names(64, 64, 32, Precision.BF16)).startsWith("amx_gemm_bf16");
    }

    private static List<String> names(int m, int n, int k, Precision precision) {
        try (var trial = new CodeTrial()) {
            var request = new GemmRequest(
                    m,
                    n,
                    k,
                    1,
                    GemmOperand.single(false, k),
                    GemmOperand.single(false, n).withConstant(trial.input(new float[n * k])),
                    Epilogue.NONE);
            return GemmKernels.floats(Isa.AMX, precision, false).stream()
                    .filter(kernel -> kernel.supports(request))
                    .map(kernel -> kernel.spec().name())
                    .toList();
        }
    }
}
