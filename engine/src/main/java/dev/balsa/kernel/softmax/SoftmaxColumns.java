package dev.balsa.kernel.softmax;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.FloatSpans;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// Softmax along an axis that others follow: a unit is a strip of neighbouring columns, run through row by row.
///
/// Scratch memory holds a strip of maxima, one of sums and one of intermediate values.
final class SoftmaxColumns implements Work {
    private static final int WIDTH = 512;
    private static final long STRIP = 4L * WIDTH;

    private final SoftmaxRequest request;
    private final int strips;
    private final FloatSpans spans;

    SoftmaxColumns(SoftmaxRequest request, VectorProvider provider) {
        this.request = request;
        this.strips = Math.toIntExact((request.inner() + WIDTH - 1) / WIDTH);
        this.spans = FloatSpans.of(provider);
    }

    @Override
    public int units(int phase) {
        return request.size() == 0 ? 0 : Math.toIntExact(request.outer() * strips);
    }

    @Override
    public long workerBytes() {
        return 3 * STRIP;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int unit = from; unit < to; unit++) {
            var column = (long) (unit % strips) * WIDTH;
            var n = (int) Math.min(WIDTH, request.inner() - column);
            strip(frame, ((long) (unit / strips) * request.size() * request.inner() + column) << 2, n);
        }
    }

    private void strip(Frame frame, long start, int n) {
        var x = frame.operand(0);
        var y = frame.operand(1);
        var scratch = frame.scratch();
        var step = request.inner() << 2;
        MemorySegment.copy(x, start, scratch, 0, (long) n << 2);
        for (int k = 1; k < request.size(); k++) {
            spans.binary(BinaryFunction.MAX, scratch, 0, x, start + k * step, scratch, 0, n);
        }
        for (int k = 0; k < request.size(); k++) {
            var at = start + k * step;
            spans.binary(BinaryFunction.SUB, x, at, scratch, 0, y, at, n);
            var values = request.logarithm() ? scratch : y;
            var valuesAt = request.logarithm() ? 2 * STRIP : at;
            spans.unary(UnaryFunction.EXP, 0, 0, y, at, values, valuesAt, n);
            if (k == 0) {
                MemorySegment.copy(values, valuesAt, scratch, STRIP, (long) n << 2);
            } else {
                spans.binary(BinaryFunction.ADD, scratch, STRIP, values, valuesAt, scratch, STRIP, n);
            }
        }
        var last = request.logarithm() ? UnaryFunction.LOG : UnaryFunction.RECIPROCAL;
        spans.unary(last, 0, 0, scratch, STRIP, scratch, STRIP, n);
        var function = request.logarithm() ? BinaryFunction.SUB : BinaryFunction.MUL;
        for (int k = 0; k < request.size(); k++) {
            spans.binary(function, y, start + k * step, scratch, STRIP, y, start + k * step, n);
        }
    }
}
