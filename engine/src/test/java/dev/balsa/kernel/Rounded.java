package dev.balsa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.balsa.cpu.Isa;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Trials of kernels on operands that are stored as [Storage#BFLOAT16], beside floats of the same numbers.
public final class Rounded {
    /// By how much of itself a number is changed at most, with what another order of sums may add.
    private static final double ROUNDING = 0x1.1p-8;
    /// By how much of itself a function's result may be off before, to which others of up to 1 have been added.
    private static final double ROUGHNESS = 0x1p-12;

    private Rounded() {}

    /// Compares what a kernel makes of some operands of bfloat16 numbers with what it makes of floats.
    ///
    /// @param request on floats
    /// @param inputs all but the output, which comes behind them
    /// @param outputs elements of the output
    /// @param tolerance by how much of the largest output sums in another order may differ
    public static <R> void check(
            long seed, Kernel<R> kernel, R request, List<float[]> inputs, int outputs, double tolerance) {
        var random = new Random(seed);
        var stored = new HashSet<Integer>();
        for (var set : kernel.takes(request, Storage.BFLOAT16)) {
            stored.addAll(random.nextInt(3) > 0 ? set : Set.of());
        }
        // Beside tiles there is no level of its own for the conversions.
        boolean hasCode = kernel.spec().isa() == Isa.AMX || !CodeTrial.emulates(Isa.AMX);
        if (stored.isEmpty() || !hasCode) {
            return;
        }
        var rounded = kernel.stored(request, Storage.BFLOAT16, stored);
        assertThat(kernel.supports(rounded)).as("supports %s", rounded).isEqualTo(kernel.supports(request));
        try (var floats = new CodeTrial(1);
                var trial = new CodeTrial(seed)) {
            for (int i = 0; i < inputs.size(); i++) {
                var values = inputs.get(i);
                floats.input(stored.contains(i) ? floats(bfloat16(values)) : values);
                trial.input(stored.contains(i) ? bfloat16(values) : bytes(values));
            }
            var expected = floats.run(kernel.prepare(request, floats), outputs);
            boolean isRounded = stored.contains(inputs.size());
            int width = isRounded ? Short.BYTES : Float.BYTES;
            var found = trial.runBytes(kernel.prepare(rounded, trial), List.of((long) outputs * width))
                    .getFirst();
            compare(expected, isRounded ? floats(found) : numbers(found), isRounded, tolerance, rounded);
        }
    }

    private static void compare(float[] expected, float[] found, boolean isRounded, double tolerance, Object request) {
        double largest = 0;
        for (float value : expected) {
            largest = Float.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest;
        }
        for (int i = 0; i < expected.length; i++) {
            if (!Float.isFinite(expected[i])) {
                assertThat((Float) found[i]).as("element %d of %s", i, request).isEqualTo((Float) expected[i]);
                continue;
            }
            double rounding = Math.abs(expected[i]) * ROUNDING + 0x1p-126 + Math.max(1, largest) * ROUGHNESS;
            double error = tolerance * largest + (isRounded ? rounding : 0);
            assertThat((double) found[i]).as("element %d of %s", i, request).isCloseTo(expected[i], within(error));
        }
    }

    /// Numbers as bfloat16.
    static byte[] bfloat16(float[] values) {
        var words = new short[values.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = StoredParts.bfloat16(values[i]);
        }
        return MemorySegment.ofArray(words).toArray(ValueLayout.JAVA_BYTE);
    }

    private static float[] floats(byte[] stored) {
        var words = MemorySegment.ofArray(stored).toArray(ValueLayout.JAVA_SHORT_UNALIGNED);
        var values = new float[words.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(words[i] << Short.SIZE);
        }
        return values;
    }

    private static byte[] bytes(float[] values) {
        return MemorySegment.ofArray(values).toArray(ValueLayout.JAVA_BYTE);
    }

    private static float[] numbers(byte[] bytes) {
        return MemorySegment.ofArray(bytes).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
