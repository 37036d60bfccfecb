package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.Set;

/// [CastRequest]: a unit is a range of the elements.
final class CastWork implements Work {
    private static final Set<DataType> OTHERS =
            EnumSet.of(DataType.FLOAT64, DataType.INT64, DataType.INT32, DataType.UINT8, DataType.INT8, DataType.BOOL);
    private static final int UNIT = 16_384;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;

    private final DataType from;
    private final DataType to;
    private final long count;

    CastWork(CastRequest request) {
        this.from = request.from();
        this.to = request.to();
        this.count = request.count();
    }

    static boolean suits(CastRequest request) {
        return request.from() == DataType.FLOAT32 && OTHERS.contains(request.to())
                || request.to() == DataType.FLOAT32 && OTHERS.contains(request.from());
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((count + UNIT - 1) / UNIT);
    }

    @Override
    public void run(int phase, int first, int last, Frame frame) {
        var s = frame.operand(0);
        var t = frame.operand(1);
        for (int unit = first; unit < last; unit++) {
            var start = (long) unit * UNIT;
            var n = (int) Math.min(UNIT, count - start);
            var so = start * from.elementBytes();
            var into = start * to.elementBytes();
            if (from == DataType.FLOAT32) {
                fromFloats(s, so, t, into, n);
            } else {
                toFloats(s, so, t, into, n);
            }
        }
    }

    private void fromFloats(MemorySegment s, long so, MemorySegment t, long into, int n) {
        switch (to) {
            case FLOAT64 -> toDoubles(s, so, t, into, n);
            case INT64 -> toLongs(s, so, t, into, n);
            case INT32 -> toInts(s, so, t, into, n);
            case BOOL -> toBools(s, so, t, into, n);
            default -> toBytes(s, so, t, into, n);
        }
    }

    private void toFloats(MemorySegment s, long so, MemorySegment t, long into, int n) {
        switch (from) {
            case FLOAT64 -> fromDoubles(s, so, t, into, n);
            case INT64 -> fromLongs(s, so, t, into, n);
            case INT32 -> fromInts(s, so, t, into, n);
            case BOOL -> fromBools(s, so, t, into, n);
            case UINT8 -> fromUnsignedBytes(s, so, t, into, n);
            default -> fromBytes(s, so, t, into, n);
        }
    }

    private static long at(long offset, int index, int shift) {
        return offset + ((long) index << shift);
    }

    private static void toDoubles(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = PlainSpans.get(s, so, i);
            t.set(DOUBLE, at(to, i, 3), x);
        }
    }

    private static void fromDoubles(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            PlainSpans.set((float) s.get(DOUBLE, at(so, i, 3)), t, to, i);
        }
    }

    private static void toLongs(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = PlainSpans.get(s, so, i);
            t.set(LONG, at(to, i, 3), (long) x);
        }
    }

    private static void fromLongs(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            PlainSpans.set((float) s.get(LONG, at(so, i, 3)), t, to, i);
        }
    }

    private static void toInts(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = PlainSpans.get(s, so, i);
            t.set(INT, at(to, i, 2), (int) x);
        }
    }

    private static void fromInts(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            PlainSpans.set(s.get(INT, at(so, i, 2)), t, to, i);
        }
    }

    private static void toBytes(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = PlainSpans.get(s, so, i);
            t.set(BYTE, at(to, i, 0), (byte) (int) x);
        }
    }

    private static void fromBytes(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            PlainSpans.set(s.get(BYTE, so + i), t, to, i);
        }
    }

    private static void fromUnsignedBytes(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            PlainSpans.set(s.get(BYTE, so + i) & 0xff, t, to, i);
        }
    }

    private static void toBools(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            float x = PlainSpans.get(s, so, i);
            t.set(BYTE, at(to, i, 0), (byte) (x == 0 ? 0 : 1));
        }
    }

    private static void fromBools(MemorySegment s, long so, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            PlainSpans.set(s.get(BYTE, so + i) == 0 ? 0f : 1f, t, to, i);
        }
    }
}
