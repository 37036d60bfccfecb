package dev.balsa.kernel.conv;

import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// The innermost loop of a depthwise convolution: a weighted sum of shifted spans. Immutable and thread-safe.
sealed interface TapSpans permits VectorTapSpans, PlainTapSpans {
    /// Elements up to which [#sum] rounds up the count that it reads and writes.
    int ROUND = 64;

    /// The form for a provider.
    static TapSpans of(VectorProvider provider) {
        return switch (provider) {
            case VECTOR_API -> new VectorTapSpans();
            case PLAIN -> new PlainTapSpans();
        };
    }

    /// `target[i] = sum over t of weights[t] * source[shifts[t] + i]`, for `count` elements rounded up to [#ROUND].
    ///
    /// @param shifts per tap, in elements from the beginning of `source`
    void sum(
            MemorySegment source,
            int[] shifts,
            MemorySegment weights,
            long weightsAt,
            MemorySegment target,
            long targetAt,
            int count);
}
