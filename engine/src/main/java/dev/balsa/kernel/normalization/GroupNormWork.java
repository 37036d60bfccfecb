package dev.balsa.kernel.normalization;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.FloatSpans;
import dev.balsa.kernel.elementwise.PlainSpans;
import dev.balsa.kernel.reduce.FloatFolds;
import dev.balsa.kernel.vector.VectorProvider;

/// [GroupNormRequest]: a unit is one group of one image.
final class GroupNormWork implements Work {
    private final GroupNormRequest request;
    private final FloatSpans spans;
    private final FloatFolds folds;

    GroupNormWork(GroupNormRequest request, VectorProvider provider) {
        this.request = request;
        this.spans = FloatSpans.of(provider);
        this.folds = FloatFolds.of(provider);
    }

    @Override
    public int units(int phase) {
        return Math.multiplyExact(request.batch(), request.groups());
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int unit = from; unit < to; unit++) {
            group(frame, unit);
        }
    }

    private void group(Frame frame, int unit) {
        var size = Math.multiplyExact(request.channels(), request.plane());
        var at = ((long) unit * size) << 2;
        var x = frame.operand(0);
        var mean = (float) (folds.sum(x, at, size) / size);
        var variance = folds.sumOfSquares(x, at, mean, size) / size;
        var factor = 1 / Math.sqrt(variance + request.epsilon());
        var group = unit % request.groups();
        for (int channel = 0; channel < request.channels(); channel++) {
            var parameter = request.perGroup() ? group : group * request.channels() + channel;
            var scale = (float) (PlainSpans.get(frame.operand(1), 0, parameter) * factor);
            var shift = PlainSpans.get(frame.operand(2), 0, parameter);
            var start = at + (((long) channel * request.plane()) << 2);
            spans.standardize(x, start, mean, scale, shift, frame.operand(3), start, request.plane());
        }
    }
}
