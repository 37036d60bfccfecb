package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.vector.VectorProvider;
import dev.balsa.tensor.DataType;
import java.lang.foreign.ValueLayout;

/// [QuantizeRequest]: a unit is a range of the elements, done in runs that share a scale.
final class QuantizeWork implements Work {
    private static final int UNIT = 16_384;

    private final QuantizeRequest request;
    private final boolean signed;
    private final long total;
    private final long run;
    private final Quantizer quantizer;

    QuantizeWork(QuantizeRequest request, VectorProvider provider) {
        this.request = request;
        this.signed = request.type() == DataType.INT8;
        this.total = request.outer() * request.channels() * request.inner();
        this.run = request.channels() == 1 ? Math.max(1, total) : request.inner();
        this.quantizer = new Quantizer(signed, provider);
    }

    static boolean suits(QuantizeRequest request) {
        return request.type() == DataType.INT8 || request.type() == DataType.UINT8;
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((total + UNIT - 1) / UNIT);
    }

    @Override
    public long workerBytes() {
        return Quantizer.BYTES;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var x = frame.operand(0);
        var y = frame.operand(request.output());
        var end = Math.min((long) to * UNIT, total);
        for (long at = (long) from * UNIT; at < end; ) {
            var row = at / run;
            var channel = row % request.channels();
            var n = Math.min(run - (at - row * run), end - at);
            var scale = PlainSpans.get(frame.operand(1), channel << 2, 0);
            var zero = zero(frame, channel);
            if (n == 1) {
                y.set(ValueLayout.JAVA_BYTE, at, quantizer.quantized(PlainSpans.get(x, at << 2, 0), scale, zero));
            } else {
                quantizer.quantize(x, at << 2, scale, zero, y, at, n, frame.scratch());
            }
            at += n;
        }
    }

    private int zero(Frame frame, long channel) {
        if (!request.zeroPoint()) {
            return 0;
        }
        var value = frame.operand(2).get(ValueLayout.JAVA_BYTE, channel);
        return signed ? value : value & 0xff;
    }
}
