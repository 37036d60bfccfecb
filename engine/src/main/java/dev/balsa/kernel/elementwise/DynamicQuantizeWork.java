package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.ValueLayout;

/// [DynamicQuantizeRequest] in two phases: the range of each piece is left in shared scratch memory; then every unit
/// makes scale and zero point of all of them, and the first one stores these.
final class DynamicQuantizeWork implements Work {
    private static final int LEAST_UNIT = 16_384;
    private static final int MOST_UNITS = 64;

    private final long count;
    private final int unit;
    private final int units;
    private final Quantizer quantizer;

    DynamicQuantizeWork(DynamicQuantizeRequest request, VectorProvider provider) {
        this.count = request.count();
        this.unit = Math.toIntExact(Math.max(LEAST_UNIT, Math.ceilDiv(count, MOST_UNITS)));
        this.units = (int) Math.max(1, Math.ceilDiv(count, unit));
        this.quantizer = new Quantizer(false, provider);
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int units(int phase) {
        return units;
    }

    @Override
    public long sharedBytes() {
        return 8L * units;
    }

    @Override
    public long workerBytes() {
        return Quantizer.BYTES;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int k = from; k < to; k++) {
            var start = (long) k * unit;
            var n = (int) Math.min(unit, count - start);
            if (phase == 0) {
                range(frame, k, start << 2, n);
            } else {
                quantize(frame, k, start, n);
            }
        }
    }

    private static void range(Frame frame, int k, long start, int n) {
        var low = 0f;
        var high = 0f;
        for (int i = 0; i < n; i++) {
            var x = PlainSpans.get(frame.operand(0), start, i);
            low = Math.min(low, x);
            high = Math.max(high, x);
        }
        PlainSpans.set(low, frame.shared(), 0, 2 * k);
        PlainSpans.set(high, frame.shared(), 0, 2 * k + 1);
    }

    private void quantize(Frame frame, int k, long start, int n) {
        var ranges = frame.shared();
        var low = 0f;
        var high = 0f;
        for (int i = 0; i < units; i++) {
            low = Math.min(low, PlainSpans.get(ranges, 0, 2 * i));
            high = Math.max(high, PlainSpans.get(ranges, 0, 2 * i + 1));
        }
        var scale = low == high ? 1f : (high - low) / 255f;
        var zero = (int) Math.rint(PlainMath.clip(-low / scale, 0f, 255f));
        if (k == 0) {
            PlainSpans.set(scale, frame.operand(2), 0, 0);
            frame.operand(3).set(ValueLayout.JAVA_BYTE, 0, (byte) zero);
        }
        quantizer.quantize(frame.operand(0), start << 2, scale, zero, frame.operand(1), start, n, frame.scratch());
    }
}
