package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [DequantizeRequest]: a unit is a range of the elements, done in runs that share a scale.
final class DequantizeWork implements Work {
    private static final int UNIT = 16_384;

    private final DequantizeRequest request;
    private final int bytes;
    private final long total;
    private final long run;

    DequantizeWork(DequantizeRequest request) {
        this.request = request;
        this.bytes = request.type().elementBytes();
        this.total = request.outer() * request.channels() * request.inner();
        this.run = request.channels() == 1 ? Math.max(1, total) : request.inner();
    }

    static boolean suits(DequantizeRequest request) {
        var type = request.type();
        return type == DataType.INT8 || type == DataType.UINT8 || type == DataType.INT32;
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((total + UNIT - 1) / UNIT);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var end = Math.min((long) to * UNIT, total);
        for (long at = (long) from * UNIT; at < end; ) {
            var row = at / run;
            var channel = row % request.channels();
            var n = (int) Math.min(Math.min(run - (at - row * run), end - at), UNIT);
            var scale = PlainSpans.get(frame.operand(1), channel << 2, 0);
            var zero = request.zeroPoint() ? element(frame.operand(2), channel) : 0;
            piece(frame.operand(0), at * bytes, zero, scale, frame.operand(request.output()), at << 2, n);
            at += n;
        }
    }

    private int element(MemorySegment segment, long index) {
        return switch (request.type()) {
            case INT32 -> segment.get(ValueLayout.JAVA_INT_UNALIGNED, index << 2);
            case INT8 -> segment.get(ValueLayout.JAVA_BYTE, index);
            default -> segment.get(ValueLayout.JAVA_BYTE, index) & 0xff;
        };
    }

    private void piece(MemorySegment s, long so, int zero, float scale, MemorySegment t, long to, int n) {
        switch (request.type()) {
            case INT32 -> ints(s, so, zero, scale, t, to, n);
            case INT8 -> signedBytes(s, so, zero, scale, t, to, n);
            default -> unsignedBytes(s, so, zero, scale, t, to, n);
        }
    }

    private static void ints(MemorySegment s, long so, int zero, float scale, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            var x = s.get(ValueLayout.JAVA_INT_UNALIGNED, so + ((long) i << 2));
            PlainSpans.set((x - zero) * scale, t, to, i);
        }
    }

    private static void signedBytes(MemorySegment s, long so, int zero, float scale, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            PlainSpans.set((s.get(ValueLayout.JAVA_BYTE, so + i) - zero) * scale, t, to, i);
        }
    }

    private static void unsignedBytes(
            MemorySegment s, long so, int zero, float scale, MemorySegment t, long to, int n) {
        for (int i = 0; i < n; i++) {
            PlainSpans.set(((s.get(ValueLayout.JAVA_BYTE, so + i) & 0xff) - zero) * scale, t, to, i);
        }
    }
}
