package dev.balsa.kernel.movement;

import dev.balsa.error.InternalException;
import dev.balsa.kernel.BinaryFunction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [BlockCopies] to the places of a list which leave there what a reduction makes of both elements, on any CPU.
record BlockReductions(ElementReduction reduction) implements BlockCopies {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public void copy(
            MemorySegment scratch,
            MemorySegment source,
            long sourceAt,
            MemorySegment target,
            long targetAt,
            MemorySegment list,
            long listAt,
            long step,
            long bytes,
            long count) {
        for (long i = 0; i < count; i++) {
            long from = sourceAt + i * step;
            long to = targetAt + list.get(ValueLayout.JAVA_LONG, listAt + (i << 3));
            switch (reduction.type()) {
                case FLOAT32 -> floats(source, from, target, to, bytes);
                case FLOAT64 -> doubles(source, from, target, to, bytes);
                case INT32 -> ints(source, from, target, to, bytes);
                default -> longs(source, from, target, to, bytes);
            }
        }
    }

    private void floats(MemorySegment source, long from, MemorySegment target, long to, long bytes) {
        var function = reduction.function();
        for (long at = 0; at < bytes; at += Float.BYTES) {
            float a = target.get(FLOAT, to + at);
            float b = source.get(FLOAT, from + at);
            float both = switch (function) {
                case ADD -> a + b;
                case MUL -> a * b;
                case MIN -> Math.min(a, b);
                case MAX -> Math.max(a, b);
                default -> throw unknown(function);
            };
            target.set(FLOAT, to + at, both);
        }
    }

    private void doubles(MemorySegment source, long from, MemorySegment target, long to, long bytes) {
        var function = reduction.function();
        for (long at = 0; at < bytes; at += Double.BYTES) {
            double a = target.get(DOUBLE, to + at);
            double b = source.get(DOUBLE, from + at);
            double both = switch (function) {
                case ADD -> a + b;
                case MUL -> a * b;
                case MIN -> Math.min(a, b);
                case MAX -> Math.max(a, b);
                default -> throw unknown(function);
            };
            target.set(DOUBLE, to + at, both);
        }
    }

    private void ints(MemorySegment source, long from, MemorySegment target, long to, long bytes) {
        var function = reduction.function();
        for (long at = 0; at < bytes; at += Integer.BYTES) {
            int a = target.get(INT, to + at);
            int b = source.get(INT, from + at);
            target.set(INT, to + at, (int) of(function, a, b));
        }
    }

    private void longs(MemorySegment source, long from, MemorySegment target, long to, long bytes) {
        var function = reduction.function();
        for (long at = 0; at < bytes; at += Long.BYTES) {
            target.set(LONG, to + at, of(function, target.get(LONG, to + at), source.get(LONG, from + at)));
        }
    }

    private static long of(BinaryFunction function, long a, long b) {
        return switch (function) {
            case ADD -> a + b;
            case MUL -> a * b;
            case MIN -> Math.min(a, b);
            case MAX -> Math.max(a, b);
            default -> throw unknown(function);
        };
    }

    private static InternalException unknown(BinaryFunction function) {
        return new InternalException("indexed copy: " + function + " is no reduction");
    }
}
