package dev.balsa.kernel.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.kernel.code.VectorUnit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Attention in machine code, compared with sums in double precision.
@Timeout(300)
class AttentionWorkTest {
    /// A result is a mean of values that are about 1: sums of floats and exponentials of sums of floats, of which
    /// each is some units in the last place from what it should be.
    private static final double TOLERANCE = 2e-5;

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void anyHeads(Isa isa) {
        int cases = CodeTrial.cases(isa, 150);
        for (int seed = 0; seed < cases; seed++) {
            var problem = new RandomAttention(new Random(seed), CodeTrial.emulates(isa) ? 30_000 : 400_000);
            check(isa, seed, problem);
        }
    }

    /// On the tile unit, with one product of bfloat16 parts or several: a score of about 1 is off by at most
    /// 2^-7, or 3 * 2^-16, or less than a float's own error; some scores are several times as large, and a
    /// result's weights are off by as much as they are.
    @ParameterizedTest
    @CsvSource({"1, 0.06", "3, 6e-5", "6, 5e-6"})
    void anyHeadsOnTheTileUnit(int products, double tolerance) {
        int cases = CodeTrial.cases(Isa.AMX, 300);
        int supported = 0;
        for (int seed = 0; seed < cases; seed++) {
            var problem = new RandomAttention(new Random(seed), CodeTrial.emulates(Isa.AMX) ? 30_000 : 400_000);
            var kernel = new TileUnitAttentionKernel(
                    new AmxFamily(products), VectorUnit.of(Isa.AMX).orElseThrow());
            if (kernel.supports(problem.request())) {
                supported++;
                check(kernel, seed, problem, tolerance);
            }
        }
        assertThat(supported).isGreaterThan(cases / 8);
    }

    @ParameterizedTest
    @MethodSource("levels")
    void blocksThatMasksHide(Isa isa) {
        int cases = CodeTrial.cases(isa, 150);
        for (int seed = 0; seed < cases; seed++) {
            check(isa, seed, RandomAttention.masked(new Random(seed)));
        }
    }

    private static void check(Isa isa, int seed, RandomAttention problem) {
        var kernel = new AttentionKernel(VectorUnit.of(isa).orElseThrow());
        assertThat(kernel.supports(problem.request()))
                .as("seed %d: %s", seed, problem.request())
                .isTrue();
        check(kernel, seed, problem, TOLERANCE);
    }

    private static void check(Kernel<AttentionRequest> kernel, int seed, RandomAttention problem, double tolerance) {
        var request = problem.request();
        try (var trial = new CodeTrial(seed)) {
            problem.inputs().forEach(trial::input);
            var found = trial.runBytes(kernel.prepare(request, trial), problem.outputBytes());
            var expected = problem.expected();
            for (int i = 0; i < expected.size(); i++) {
                assertNear("seed " + seed + ", output " + i + ", " + request, found.get(i), expected.get(i), tolerance);
            }
        }
    }

    private static void assertNear(String what, byte[] found, double[] expected, double tolerance) {
        var floats = ByteBuffer.wrap(found).order(ByteOrder.nativeOrder()).asFloatBuffer();
        assertThat(floats.remaining()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            double one = floats.get(i);
            boolean same = Double.isNaN(expected[i]) ? Double.isNaN(one) : Math.abs(one - expected[i]) <= tolerance;
            if (!same) {
                assertThat(one).as("%s, element %d", what, i).isEqualTo(expected[i]);
            }
        }
    }
}
