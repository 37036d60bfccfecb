package dev.balsa.kernel.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.Kernel;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Functions of 8-bit integers, looked up.
class LookupTest {
    private static final int CASES = 100;

    static Stream<Isa> levels() {
        return CodeTrial.levels(isa -> VectorUnit.of(isa).map(unit -> List.of(unit, isa == Isa.AMX)));
    }

    @ParameterizedTest
    @MethodSource("levels")
    void looksUpWhatTheTableSays(Isa isa) {
        for (int seed = 0; seed < CodeTrial.cases(isa, CASES); seed++) {
            for (var kernel : ElementwiseKernels.lookups(isa)) {
                check(seed, kernel);
            }
        }
    }

    private static void check(int seed, Kernel<LookupRequest> kernel) {
        var random = new Random(seed);
        int length = 1 + random.nextInt(random.nextInt(4) == 0 ? 70_000 : 300);
        var table = new byte[256];
        var x = new byte[length];
        random.nextBytes(table);
        random.nextBytes(x);
        try (var trial = new CodeTrial(seed)) {
            trial.input(x);
            var request = new LookupRequest(length, trial.constant(table));
            var found = trial.runBytes(kernel.prepare(request, trial), List.of((long) length));
            var expected = new byte[length];
            for (int i = 0; i < length; i++) {
                expected[i] = table[Byte.toUnsignedInt(x[i])];
            }
            assertThat(found.getFirst())
                    .as("%s, seed %d of %d elements", kernel.spec().name(), seed, length)
                    .isEqualTo(expected);
        }
    }
}
