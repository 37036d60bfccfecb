package dev.balsa.kernel.elementwise;

import java.lang.foreign.MemorySegment;

/// A loop over a span that applies one function of two floats; the spans are as in [FloatSpans].
public interface BinaryLoop {
    /// `target[i] = function(source[i], other[i])`.
    void apply(
            MemorySegment source,
            long sourceOffset,
            MemorySegment other,
            long otherOffset,
            MemorySegment target,
            long targetOffset,
            int count);

    /// `target[i] = function(source[i], other)`.
    void apply(
            MemorySegment source, long sourceOffset, float other, MemorySegment target, long targetOffset, int count);
}
