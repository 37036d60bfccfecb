package dev.balsa.kernel.reduce;

import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// Folds of a contiguous span of floats to one number, always in the same order.
///
/// Offsets are in bytes, counts in elements. Sums run over many accumulators in blocks whose results are added in
/// double precision. Nothing outside of the span is read, nothing is allocated. Thread-safe.
public sealed interface FloatFolds permits PlainFolds, VectorFolds {
    /// The loops of the given provider.
    static FloatFolds of(VectorProvider provider) {
        return switch (provider) {
            case VECTOR_API -> VectorFolds.instance();
            case PLAIN -> PlainFolds.instance();
        };
    }

    /// The sum.
    double sum(MemorySegment source, long offset, int count);

    /// The sum of `(x - center)^2`.
    double sumOfSquares(MemorySegment source, long offset, float center, int count);

    /// The sum of `|x|`.
    double sumOfMagnitudes(MemorySegment source, long offset, int count);

    /// The sum of `exp(x - shift)`.
    double sumOfExponentials(MemorySegment source, long offset, float shift, int count);

    /// Stores `exp(x - shift)` in the target, which may be the source's span, and returns the sum.
    double exponentials(
            MemorySegment source, long offset, float shift, MemorySegment target, long targetOffset, int count);

    /// The product.
    double product(MemorySegment source, long offset, int count);

    /// The largest; negative infinity for an empty span, NaN if there is one.
    float max(MemorySegment source, long offset, int count);

    /// The smallest; infinity for an empty span, NaN if there is one.
    float min(MemorySegment source, long offset, int count);
}
