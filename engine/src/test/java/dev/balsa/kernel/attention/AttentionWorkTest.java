package dev.balsa.kernel.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.code.VectorUnit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
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

    private static void check(Isa isa, int seed, RandomAttention problem) {
        var request = problem.request();
        var kernel = new AttentionKernel(VectorUnit.of(isa).orElseThrow());
        assertThat(kernel.supports(request)).as("seed %d: %s", seed, request).isTrue();
        try (var trial = new CodeTrial(seed)) {
            problem.inputs().forEach(trial::input);
            var found = trial.runBytes(kernel.prepare(request, trial), problem.outputBytes());
            var expected = problem.expected();
            for (int i = 0; i < expected.size(); i++) {
                assertNear("seed " + seed + ", output " + i + ", " + request, found.get(i), expected.get(i));
            }
        }
    }

    private static void assertNear(String what, byte[] found, double[] expected) {
        var floats = ByteBuffer.wrap(found).order(ByteOrder.nativeOrder()).asFloatBuffer();
        assertThat(floats.remaining()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            double one = floats.get(i);
            boolean same = Double.isNaN(expected[i]) ? Double.isNaN(one) : Math.abs(one - expected[i]) <= TOLERANCE;
            if (!same) {
                assertThat(one).as("%s, element %d", what, i).isEqualTo(expected[i]);
            }
        }
    }
}
