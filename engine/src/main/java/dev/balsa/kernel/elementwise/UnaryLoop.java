package dev.balsa.kernel.elementwise;

import java.lang.foreign.MemorySegment;

/// A loop over a span that applies one function of one float; the spans are as in [FloatSpans].
public interface UnaryLoop {
    /// `target[i] = function(source[i], alpha, beta)`.
    void apply(
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            int count,
            float alpha,
            float beta);
}
