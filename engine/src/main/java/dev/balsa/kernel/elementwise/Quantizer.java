package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Spans of floats to 8-bit integers with one scale and zero point. Uses [#BYTES] of scratch memory.
final class Quantizer {
    private static final int BLOCK = 2_048;
    /// Scratch memory that [#quantize] needs.
    static final long BYTES = 4L * BLOCK;

    private final int lowest;
    private final FloatSpans spans;

    Quantizer(boolean signed, VectorProvider provider) {
        this.lowest = signed ? -128 : 0;
        this.spans = FloatSpans.of(provider);
    }

    void quantize(
            MemorySegment s,
            long so,
            float scale,
            int zero,
            MemorySegment t,
            long to,
            long count,
            MemorySegment scratch) {
        for (long done = 0; done < count; done += BLOCK) {
            var n = (int) Math.min(BLOCK, count - done);
            spans.binary(BinaryFunction.DIV, s, so + (done << 2), scale, scratch, 0, n);
            // The bounds are integers, so clipping before rounding is the same as after it.
            spans.unary(UnaryFunction.CLIP, lowest - zero, lowest + 255 - zero, scratch, 0, scratch, 0, n);
            for (int i = 0; i < n; i++) {
                t.set(ValueLayout.JAVA_BYTE, to + done + i, (byte) (rounded(PlainSpans.get(scratch, 0, i)) + zero));
            }
        }
    }

    /// One element.
    byte quantized(float x, float scale, int zero) {
        return (byte) (rounded(PlainMath.clip(x / scale, lowest - zero, lowest + 255 - zero)) + zero);
    }

    /// The nearest integer to a small float, ties to even; 0 for NaN.
    private static int rounded(float x) {
        var bits = Float.floatToRawIntBits(x + Coefficients.ROUNDER) - Coefficients.ROUNDER_BITS;
        return Float.isNaN(x) ? 0 : bits;
    }
}
