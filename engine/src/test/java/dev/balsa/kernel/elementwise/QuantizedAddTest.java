package dev.balsa.kernel.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.elementwise.QuantizedAddRequest.Scale;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Sums of 8-bit integers that stand for numbers, to the last bit.
class QuantizedAddTest {
    private static final int CASES = 100;

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void randomSumsEqualTheirDefinition(Isa isa) {
        for (int seed = 0; seed < CodeTrial.cases(isa, CASES); seed++) {
            check(seed, isa);
        }
    }

    private static void check(int seed, Isa isa) {
        var random = new Random(seed);
        boolean signed = random.nextBoolean();
        int length = 1 + random.nextInt(random.nextInt(3) == 0 ? 40_000 : 40);
        int rows = 1 + random.nextInt(length > 100 ? 2 : 30);
        var request = new QuantizedAddRequest(
                signed, rows, length, scale(random, signed), scale(random, signed), scale(random, signed));
        var a = new byte[rows * length];
        var b = new byte[length];
        random.nextBytes(a);
        random.nextBytes(b);
        try (var trial = new CodeTrial(seed)) {
            trial.input(a);
            trial.input(b);
            var kernel = ElementwiseKernels.quantizedAdditions(isa).getFirst();
            var found = trial.runBytes(kernel.prepare(request, trial), List.of((long) a.length));
            var expected = new byte[a.length];
            for (int i = 0; i < a.length; i++) {
                float sum = number(a[i], signed, request.a()) + number(b[i % length], signed, request.b());
                double moved =
                        Math.rint(sum / request.c().factor()) + request.c().zeroPoint();
                expected[i] = (byte) (int) Math.clamp(moved, signed ? -128 : 0, signed ? 127 : 255);
            }
            assertThat(found.getFirst()).as("seed %d of %s", seed, request).isEqualTo(expected);
        }
    }

    private static Scale scale(Random random, boolean signed) {
        float factor = random.nextBoolean() ? 0.25f : random.nextFloat() + 0.001f;
        return new Scale(factor, random.nextInt(256) - (signed ? 128 : 0));
    }

    private static float number(byte value, boolean signed, Scale scale) {
        return ((signed ? value : value & 0xFF) - scale.zeroPoint()) * scale.factor();
    }
}
