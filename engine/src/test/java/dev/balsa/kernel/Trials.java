package dev.balsa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// What the tests of kernel families have in common.
public final class Trials {
    /// Nothing is packed by kernels that do not ask for it.
    public static final Constants NO_CONSTANTS = new Constants() {
        @Override
        public MemorySegment packed(MemorySegment source, String form, long bytes, Consumer<MemorySegment> pack) {
            throw new AssertionError("packs " + form);
        }

        @Override
        public MachineCode code(String name, Supplier<byte[]> writer) {
            throw new AssertionError("writes " + name);
        }
    };

    private Trials() {}

    /// Seeds for random requests, each with every provider that can run here.
    public static Stream<Arguments> seeds(int count) {
        return IntStream.range(0, count).boxed().flatMap(seed -> providers().map(p -> Arguments.of(seed, p)));
    }

    /// Every provider that can run here.
    public static Stream<VectorProvider> providers() {
        return VectorProvider.vectorApiPresent() ? Stream.of(VectorProvider.values()) : Stream.of(VectorProvider.PLAIN);
    }

    /// The work of the first kernel that supports a request.
    public static <R> Work work(List<Kernel<R>> kernels, R request) {
        return kernels.stream()
                .filter(kernel -> kernel.supports(request))
                .findFirst()
                .orElseThrow()
                .prepare(request, NO_CONSTANTS);
    }

    /// Normally distributed floats.
    public static float[] floats(Random random, long count) {
        var values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /// The number of elements of a shape.
    public static long count(List<Long> shape) {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    /// Asserts that floats are near to doubles: within `relative` of them or `absolute` of zero distance.
    public static void assertNear(float[] found, double[] expected, double relative, double absolute) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            var error = Math.abs(found[i] - expected[i]);
            var same = Float.compare(found[i], (float) expected[i]) == 0;
            if (!same && !(error <= absolute + relative * Math.abs(expected[i]))) {
                assertThat((double) found[i])
                        .describedAs("element %d of %d", i, found.length)
                        .isEqualTo(expected[i]);
            }
        }
    }
}
