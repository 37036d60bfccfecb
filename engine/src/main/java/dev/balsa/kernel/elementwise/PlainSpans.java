package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.UnaryFunction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [FloatSpans] in plain Java, and how its loops reach memory.
public final class PlainSpans implements FloatSpans {
    private static final PlainSpans INSTANCE = new PlainSpans();
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private record PlainBinaryLoop(BinaryFunction function) implements BinaryLoop {
        @Override
        public void apply(MemorySegment s, long so, MemorySegment u, long uo, MemorySegment t, long to, int n) {
            PlainBinarySpans.apply(function, s, so, u, uo, t, to, n);
        }

        @Override
        public void apply(MemorySegment s, long so, float other, MemorySegment t, long to, int n) {
            PlainBinarySpans.apply(function, s, so, other, t, to, n);
        }
    }

    private PlainSpans() {}

    static PlainSpans instance() {
        return INSTANCE;
    }

    /// The float at `index` of those at byte `offset`.
    public static float get(MemorySegment s, long offset, int index) {
        return s.get(FLOAT, offset + ((long) index << 2));
    }

    /// Stores a float at `index` of those at byte `offset`.
    public static void set(float value, MemorySegment t, long offset, int index) {
        t.set(FLOAT, offset + ((long) index << 2), value);
    }

    @Override
    public UnaryLoop loop(UnaryFunction function) {
        return (s, so, t, to, n, alpha, beta) -> PlainUnarySpans.apply(function, alpha, beta, s, so, t, to, n);
    }

    @Override
    public BinaryLoop loop(BinaryFunction function) {
        return new PlainBinaryLoop(function);
    }

    @Override
    public void standardize(
            MemorySegment s, long so, float center, float factor, float shift, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            set((get(s, so, i) - center) * factor + shift, t, to, i);
        }
    }

    @Override
    public void standardize(
            MemorySegment s,
            long so,
            float center,
            float factor,
            MemorySegment scales,
            MemorySegment shifts,
            MemorySegment t,
            long to,
            int n) {
        for (int i = 0; i < n; i++) {
            set((get(s, so, i) - center) * factor * get(scales, 0, i) + get(shifts, 0, i), t, to, i);
        }
    }

    @Override
    public void everySecond(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            set(get(s, so, 2 * i), t, to, i);
        }
    }
}
