package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Work;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [SelectRequest]: a unit is a range of the output.
final class SelectWork implements Work {
    private static final int UNIT = 16_384;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final LoopNest nest;
    private final int bytes;

    SelectWork(SelectRequest request) {
        this.nest = new LoopNest(request.shape(), request.strides());
        this.bytes = request.elementBytes();
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((nest.total() + UNIT - 1) / UNIT);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var inner = nest.inner();
        var end = Math.min((long) to * UNIT, nest.total());
        for (long at = (long) from * UNIT; at < end; ) {
            var row = at / inner;
            var column = at - row * inner;
            var n = (int) Math.min(UNIT, Math.min(inner - column, end - at));
            piece(frame, row, column, at * bytes, n);
            at += n;
        }
    }

    private long place(int operand, long row, long column) {
        return nest.rowOffset(operand, row) + column * nest.innerStride(operand);
    }

    private void piece(Frame frame, long row, long column, long to, int n) {
        var c = frame.operand(0);
        var a = frame.operand(1);
        var b = frame.operand(2);
        var t = frame.operand(3);
        var co = place(0, row, column);
        var ao = place(1, row, column) * bytes;
        var bo = place(2, row, column) * bytes;
        var cs = nest.innerStride(0);
        var as = nest.innerStride(1) * bytes;
        var bs = nest.innerStride(2) * bytes;
        switch (bytes) {
            case 1 -> selectBytes(c, co, cs, a, ao, as, b, bo, bs, t, to, n);
            case 2 -> selectShorts(c, co, cs, a, ao, as, b, bo, bs, t, to, n);
            case 4 -> selectInts(c, co, cs, a, ao, as, b, bo, bs, t, to, n);
            default -> selectLongs(c, co, cs, a, ao, as, b, bo, bs, t, to, n);
        }
    }

    private static void selectBytes(
            MemorySegment c,
            long co,
            long cs,
            MemorySegment a,
            long ao,
            long as,
            MemorySegment b,
            long bo,
            long bs,
            MemorySegment t,
            long to,
            int n) {
        for (int i = 0; i < n; i++) {
            var x = a.get(BYTE, ao + i * as);
            var y = b.get(BYTE, bo + i * bs);
            t.set(BYTE, to + ((long) i << 0), c.get(BYTE, co + i * cs) != 0 ? x : y);
        }
    }

    private static void selectShorts(
            MemorySegment c,
            long co,
            long cs,
            MemorySegment a,
            long ao,
            long as,
            MemorySegment b,
            long bo,
            long bs,
            MemorySegment t,
            long to,
            int n) {
        for (int i = 0; i < n; i++) {
            var x = a.get(SHORT, ao + i * as);
            var y = b.get(SHORT, bo + i * bs);
            t.set(SHORT, to + ((long) i << 1), c.get(BYTE, co + i * cs) != 0 ? x : y);
        }
    }

    private static void selectInts(
            MemorySegment c,
            long co,
            long cs,
            MemorySegment a,
            long ao,
            long as,
            MemorySegment b,
            long bo,
            long bs,
            MemorySegment t,
            long to,
            int n) {
        for (int i = 0; i < n; i++) {
            var x = a.get(INT, ao + i * as);
            var y = b.get(INT, bo + i * bs);
            t.set(INT, to + ((long) i << 2), c.get(BYTE, co + i * cs) != 0 ? x : y);
        }
    }

    private static void selectLongs(
            MemorySegment c,
            long co,
            long cs,
            MemorySegment a,
            long ao,
            long as,
            MemorySegment b,
            long bo,
            long bs,
            MemorySegment t,
            long to,
            int n) {
        for (int i = 0; i < n; i++) {
            var x = a.get(LONG, ao + i * as);
            var y = b.get(LONG, bo + i * bs);
            t.set(LONG, to + ((long) i << 3), c.get(BYTE, co + i * cs) != 0 ? x : y);
        }
    }
}
