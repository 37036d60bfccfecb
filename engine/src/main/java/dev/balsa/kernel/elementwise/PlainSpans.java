package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.UnaryFunction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [FloatSpans] in plain Java, and how its loops reach memory.
final class PlainSpans implements FloatSpans {
    private static final PlainSpans INSTANCE = new PlainSpans();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private PlainSpans() {}

    static PlainSpans instance() {
        return INSTANCE;
    }

    static float get(MemorySegment s, long offset, int index) {
        return s.get(FLOAT, offset + ((long) index << 2));
    }

    static void set(float value, MemorySegment t, long offset, int index) {
        t.set(FLOAT, offset + ((long) index << 2), value);
    }

    @Override
    public void unary(
            UnaryFunction function,
            float alpha,
            float beta,
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            int count) {
        PlainUnarySpans.apply(function, alpha, beta, source, sourceOffset, target, targetOffset, count);
    }

    @Override
    public void binary(
            BinaryFunction function,
            MemorySegment source,
            long sourceOffset,
            MemorySegment other,
            long otherOffset,
            MemorySegment target,
            long targetOffset,
            int count) {
        PlainBinarySpans.apply(function, source, sourceOffset, other, otherOffset, target, targetOffset, count);
    }

    @Override
    public void binary(
            BinaryFunction function,
            MemorySegment source,
            long sourceOffset,
            float other,
            MemorySegment target,
            long targetOffset,
            int count) {
        PlainBinarySpans.apply(function, source, sourceOffset, other, target, targetOffset, count);
    }
}
