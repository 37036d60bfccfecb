package dev.balsa.kernel.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Sums in plain loops.
final class PlainTapSpans implements TapSpans {
    @Override
    public void sum(
            MemorySegment source,
            int[] shifts,
            MemorySegment weights,
            long weightsAt,
            MemorySegment target,
            long targetAt,
            int count) {
        for (int i = 0; i < count; i++) {
            target.set(JAVA_FLOAT_UNALIGNED, targetAt + (long) i * Float.BYTES, 0f);
        }
        for (int t = 0; t < shifts.length; t++) {
            var weight = weights.get(JAVA_FLOAT_UNALIGNED, weightsAt + (long) t * Float.BYTES);
            var from = (long) shifts[t] * Float.BYTES;
            for (int i = 0; i < count; i++) {
                var sum = target.get(JAVA_FLOAT_UNALIGNED, targetAt + (long) i * Float.BYTES)
                        + weight * source.get(JAVA_FLOAT_UNALIGNED, from + (long) i * Float.BYTES);
                target.set(JAVA_FLOAT_UNALIGNED, targetAt + (long) i * Float.BYTES, sum);
            }
        }
    }
}
