package dev.balsa.kernel.amx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.RandomEpilogue;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.gemm.ConstantGemmKernel;
import dev.balsa.kernel.gemm.GemmOperand;
import dev.balsa.kernel.gemm.GemmRequest;
import dev.balsa.kernel.tile.ProductFamily;
import dev.balsa.kernel.tile.RowProduct;
import dev.balsa.kernel.tile.TileProduct;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// However a product is divided, in bands and parts of panels, and in whichever order its blocks are made, each sum is
/// the same.
class AmxProductTest {
    private static final int CASES = CodeTrial.cases(Isa.AMX, 60);
    private static final Workplace LARGE = new Workplace(1, 64 << 20);
    private static final List<Workplace> OTHERS = List.of(
            new Workplace(1, 1 << 12),
            new Workplace(1, 1 << 15),
            new Workplace(1, 1 << 17),
            new Workplace(3, 1 << 16),
            new Workplace(16, 1 << 20));

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void divisionsMakeNoDifference(int products) {
        for (int seed = 0; seed < CASES; seed++) {
            check(seed, new AmxFamily(products));
        }
    }

    private static void check(int seed, AmxFamily family) {
        var random = new Random(seed);
        int m = 1 + random.nextInt(300);
        int n = 1 + random.nextInt(200);
        // Deep ones are divided into sections where caches are small.
        int k = 1 + random.nextInt(List.of(100, 100, 1200, 3000).get(random.nextInt(4)));
        try (var trial = new CodeTrial(seed)) {
            trial.input(floats(random, m * k));
            var right = trial.input(floats(random, k * n));
            var chain = RandomEpilogue.of(random, 2, n, m * n);
            chain.operands().forEach(trial::input);
            var a = new GemmOperand(false, k, List.of(0L), Optional.empty());
            var b = new GemmOperand(false, n, List.of(0L), Optional.of(right));
            var request = new GemmRequest(m, n, k, 1, a, b, chain.epilogue());
            var expected = run(trial, family, LARGE, request);
            for (var other : OTHERS) {
                assertThat(run(trial, family, other, request))
                        .as("seed %d, %s, %s", seed, other, request)
                        .isEqualTo(expected);
            }
        }
    }

    private static float[] run(CodeTrial trial, AmxFamily family, Workplace place, GemmRequest request) {
        var kernel = new ConstantGemmKernel(new Elsewhere(family, place));
        return trial.run(kernel.prepare(request, trial), request.m() * request.n());
    }

    private static float[] floats(Random random, int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }

    /// Products that are made at another place.
    private record Elsewhere(AmxFamily family, Workplace place) implements ProductFamily {
        @Override
        public Isa isa() {
            return family.isa();
        }

        @Override
        public String type() {
            return family.type();
        }

        @Override
        public boolean supports(Size size, List<Stage> stages) {
            return family.supports(size, stages);
        }

        @Override
        public boolean seesThroughPadding() {
            return family.seesThroughPadding();
        }

        @Override
        public RowProduct prepare(TileProduct.Request request, TileProduct.Right right, Constants constants) {
            return new AmxProduct(family, request, right, place, constants);
        }
    }
}
