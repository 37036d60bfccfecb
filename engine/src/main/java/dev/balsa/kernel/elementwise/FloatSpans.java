package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// Applies one function to a contiguous span of floats in native byte order.
///
/// Offsets are in bytes and may have any alignment; `count` is in elements. Source and destination are either the same
/// span or disjoint. An element's result depends on nothing but that element, the other operand's and the provider, so
/// a span may be split anywhere. Nothing outside of the spans is read or written, nothing is allocated. Thread-safe.
///
/// Errors, relative to the exact result and measured on all sign and exponent ranges: exp, log, sin and cos within 2
/// ulp; tanh, sigmoid and erf within 4 ulp; the rest is what its formula makes of these. NaN gives NaN, infinities give
/// limits.
public sealed interface FloatSpans permits PlainSpans, VectorSpans {
    /// The loops of the given provider.
    static FloatSpans of(VectorProvider provider) {
        return switch (provider) {
            case VECTOR_API -> VectorSpans.instance();
            case PLAIN -> PlainSpans.instance();
        };
    }

    /// The loop of a function, for callers that apply it to many short spans.
    UnaryLoop loop(UnaryFunction function);

    /// The loops of a function, likewise.
    BinaryLoop loop(BinaryFunction function);

    /// `target[i] = function(source[i])`.
    default void unary(
            UnaryFunction function,
            float alpha,
            float beta,
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            int count) {
        loop(function).apply(source, sourceOffset, target, targetOffset, count, alpha, beta);
    }

    /// `target[i] = function(source[i], other[i])`; `other` may be the target's span too.
    default void binary(
            BinaryFunction function,
            MemorySegment source,
            long sourceOffset,
            MemorySegment other,
            long otherOffset,
            MemorySegment target,
            long targetOffset,
            int count) {
        loop(function).apply(source, sourceOffset, other, otherOffset, target, targetOffset, count);
    }

    /// `target[i] = function(source[i], other)`.
    default void binary(
            BinaryFunction function,
            MemorySegment source,
            long sourceOffset,
            float other,
            MemorySegment target,
            long targetOffset,
            int count) {
        loop(function).apply(source, sourceOffset, other, target, targetOffset, count);
    }

    /// `target[i] = (source[i] - center) * factor + shift`.
    void standardize(
            MemorySegment source,
            long sourceOffset,
            float center,
            float factor,
            float shift,
            MemorySegment target,
            long targetOffset,
            int count);

    /// `target[i] = (source[i] - center) * factor * scales[i] + shifts[i]`; scales and shifts begin with their
    /// segments.
    void standardize(
            MemorySegment source,
            long sourceOffset,
            float center,
            float factor,
            MemorySegment scales,
            MemorySegment shifts,
            MemorySegment target,
            long targetOffset,
            int count);

    /// `target[i] = source[2 i]`; source and target must not overlap.
    void everySecond(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int count);
}
