package dev.balsa.kernel.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.cpu.Isa;
import dev.balsa.error.ShapeException;
import dev.balsa.kernel.CodeTrial;
import dev.balsa.kernel.code.VectorUnit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Turned pairs in machine code, compared with sums in double precision.
@Timeout(300)
class RotaryKernelTest {
    /// A result is the sum of two products of numbers of at most 1.
    private static final double TOLERANCE = 2e-6;

    static Stream<Isa> levels() {
        return CodeTrial.levels();
    }

    @ParameterizedTest
    @MethodSource("levels")
    void anyHeads(Isa isa) {
        int cases = CodeTrial.cases(isa, 200);
        for (int seed = 0; seed < cases; seed++) {
            check(isa, seed);
        }
    }

    @ParameterizedTest
    @MethodSource("levels")
    void refusesPositionsWithoutRow(Isa isa) {
        var request = new RotaryRequest(true, 1, 1, 1, 2, 1, false, true, 3);
        for (long number : new long[] {-1, 3}) {
            try (var trial = new CodeTrial()) {
                trial.input(new float[2]);
                trial.input(new float[3]);
                trial.input(new float[3]);
                trial.input(bytes(new long[] {number}));
                var work = kernel(isa).prepare(request, trial);
                assertThatThrownBy(() -> trial.run(work, 2))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining("expected numbers of 0 to 2, found " + number);
            }
        }
    }

    private static RotaryKernel kernel(Isa isa) {
        return new RotaryKernel(VectorUnit.of(isa).orElseThrow());
    }

    private static void check(Isa isa, int seed) {
        var random = new Random(seed);
        var request = request(random);
        assertThat(kernel(isa).supports(request)).isTrue();
        var x = floats(random, request.batch() * request.heads() * request.length() * request.size());
        var cosines = floats(random, request.tableRows() * request.half());
        var sines = floats(random, request.tableRows() * request.half());
        var positions = LongStream.range(0, request.batch() * request.length())
                .map(i -> request.numbered()
                        ? random.nextLong(request.tableRows())
                        : request.tableRows() == request.length() ? i % request.length() : i)
                .toArray();
        try (var trial = new CodeTrial(seed)) {
            trial.input(x);
            trial.input(cosines);
            trial.input(sines);
            if (request.numbered()) {
                trial.input(bytes(positions));
            }
            var found = trial.run(kernel(isa).prepare(request, trial), x.length);
            var expected = expected(request, x, cosines, sines, positions);
            for (int i = 0; i < x.length; i++) {
                assertThat((double) found[i])
                        .as("seed %d: %s, element %d", seed, request, i)
                        .isBetween(expected[i] - TOLERANCE, expected[i] + TOLERANCE);
            }
        }
    }

    private static RotaryRequest request(Random random) {
        int half = 1 + random.nextInt(random.nextBoolean() ? 5 : 70);
        int size = 2 * half + (random.nextBoolean() ? 0 : random.nextInt(40));
        long batch = 1 + random.nextInt(3);
        long length = 1 + random.nextInt(7);
        boolean numbered = random.nextBoolean();
        long own = random.nextBoolean() ? length : batch * length;
        return new RotaryRequest(
                random.nextBoolean(),
                batch,
                1 + random.nextInt(5),
                length,
                size,
                half,
                random.nextBoolean(),
                numbered,
                numbered ? 1 + random.nextInt(9) : own);
    }

    private static float[] floats(Random random, long count) {
        var values = new float[(int) count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat(-1, 1);
        }
        return values;
    }

    private static byte[] bytes(long[] numbers) {
        var buffer = ByteBuffer.allocate(numbers.length * Long.BYTES).order(ByteOrder.nativeOrder());
        buffer.asLongBuffer().put(numbers);
        return buffer.array();
    }

    private static double[] expected(
            RotaryRequest request, float[] x, float[] cosines, float[] sines, long[] positions) {
        var y = new double[x.length];
        for (int vector = 0; vector * request.size() < x.length; vector++) {
            long rest = request.packed() ? vector / request.heads() : vector;
            long batch = rest / request.length() / (request.packed() ? 1 : request.heads());
            int row = (int) positions[(int) (batch * request.length() + rest % request.length())] * request.half();
            int from = vector * request.size();
            for (int i = 2 * request.half(); i < request.size(); i++) {
                y[from + i] = x[from + i];
            }
            for (int i = 0; i < request.half(); i++) {
                int first = from + (request.interleaved() ? 2 * i : i);
                int second = request.interleaved() ? first + 1 : first + request.half();
                double cosine = cosines[row + i];
                double sine = sines[row + i];
                y[first] = cosine * x[first] - sine * x[second];
                y[second] = sine * x[first] + cosine * x[second];
            }
        }
        return y;
    }
}
