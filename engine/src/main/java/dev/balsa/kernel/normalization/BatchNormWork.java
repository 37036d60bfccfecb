package dev.balsa.kernel.normalization;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.FloatSpans;
import dev.balsa.kernel.elementwise.PlainSpans;
import dev.balsa.kernel.vector.VectorProvider;

/// [BatchNormRequest]: a unit is a few planes.
final class BatchNormWork implements Work {
    private static final int GRAIN = 16_384;

    private final BatchNormRequest request;
    private final int perUnit;
    private final FloatSpans spans;

    BatchNormWork(BatchNormRequest request, VectorProvider provider) {
        this.request = request;
        this.perUnit = Math.max(1, GRAIN / Math.max(1, request.plane()));
        this.spans = FloatSpans.of(provider);
    }

    private long planes() {
        return request.batch() * request.channels();
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((planes() + perUnit - 1) / perUnit);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var x = frame.operand(0);
        var y = frame.operand(5);
        var end = Math.min((long) to * perUnit, planes());
        for (long plane = (long) from * perUnit; plane < end; plane++) {
            var channel = (int) (plane % request.channels());
            var deviation = Math.sqrt((double) PlainSpans.get(frame.operand(4), 0, channel) + request.epsilon());
            var factor = (float) (PlainSpans.get(frame.operand(1), 0, channel) / deviation);
            var shift = PlainSpans.get(frame.operand(2), 0, channel);
            var mean = PlainSpans.get(frame.operand(3), 0, channel);
            var at = (plane * request.plane()) << 2;
            if (request.plane() == 1) {
                PlainSpans.set((PlainSpans.get(x, at, 0) - mean) * factor + shift, y, at, 0);
            } else {
                spans.standardize(x, at, mean, factor, shift, y, at, request.plane());
            }
        }
    }
}
