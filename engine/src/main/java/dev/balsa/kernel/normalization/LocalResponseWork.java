package dev.balsa.kernel.normalization;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.FloatSpans;
import dev.balsa.kernel.vector.VectorProvider;

/// [LocalResponseRequest]: a unit is a piece of one image's planes, through all channels.
///
/// Scratch memory holds the sum and one square. The power is `exp(-beta log(...))`.
final class LocalResponseWork implements Work {
    private static final int WIDTH = 1_024;

    private final LocalResponseRequest request;
    private final int strips;
    private final FloatSpans spans;

    LocalResponseWork(LocalResponseRequest request, VectorProvider provider) {
        this.request = request;
        this.strips = (request.plane() + WIDTH - 1) / WIDTH;
        this.spans = FloatSpans.of(provider);
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact(request.batch() * strips);
    }

    @Override
    public long workerBytes() {
        return 8L * WIDTH;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int unit = from; unit < to; unit++) {
            var column = unit % strips * WIDTH;
            var n = Math.min(WIDTH, request.plane() - column);
            var start = (long) (unit / strips) * request.channels() * request.plane() + column;
            for (int channel = 0; channel < request.channels(); channel++) {
                channel(frame, start << 2, channel, n);
            }
        }
    }

    private void channel(Frame frame, long start, int channel, int n) {
        var x = frame.operand(0);
        var y = frame.operand(1);
        var scratch = frame.scratch();
        var square = 4L * WIDTH;
        var step = (long) request.plane() << 2;
        var first = Math.max(0, channel - (request.size() - 1) / 2);
        var last = Math.min(request.channels() - 1, channel + request.size() / 2);
        for (int k = first; k <= last; k++) {
            var at = start + k * step;
            if (k == first) {
                spans.binary(BinaryFunction.MUL, x, at, x, at, scratch, 0, n);
            } else {
                spans.binary(BinaryFunction.MUL, x, at, x, at, scratch, square, n);
                spans.binary(BinaryFunction.ADD, scratch, 0, scratch, square, scratch, 0, n);
            }
        }
        spans.unary(UnaryFunction.AFFINE, request.alpha() / request.size(), request.bias(), scratch, 0, scratch, 0, n);
        spans.unary(UnaryFunction.LOG, 0, 0, scratch, 0, scratch, 0, n);
        spans.binary(BinaryFunction.MUL, scratch, 0, -request.beta(), scratch, 0, n);
        spans.unary(UnaryFunction.EXP, 0, 0, scratch, 0, scratch, 0, n);
        spans.binary(BinaryFunction.MUL, x, start + channel * step, scratch, 0, y, start + channel * step, n);
    }
}
