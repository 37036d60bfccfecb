package dev.balsa.kernel.softmax;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.FloatSpans;
import dev.balsa.kernel.reduce.FloatFolds;
import dev.balsa.kernel.vector.VectorProvider;

/// Softmax along the last axis: a unit is a few whole rows.
final class SoftmaxRows implements Work {
    private static final int GRAIN = 8_192;

    private final long rows;
    private final int size;
    private final boolean logarithm;
    private final int perUnit;
    private final FloatSpans spans;
    private final FloatFolds folds;

    SoftmaxRows(SoftmaxRequest request, VectorProvider provider) {
        this.rows = request.size() == 0 ? 0 : request.outer();
        this.size = request.size();
        this.logarithm = request.logarithm();
        this.perUnit = Math.max(1, GRAIN / Math.max(1, size));
        this.spans = FloatSpans.of(provider);
        this.folds = FloatFolds.of(provider);
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((rows + perUnit - 1) / perUnit);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var end = Math.min((long) to * perUnit, rows);
        for (long row = (long) from * perUnit; row < end; row++) {
            row(frame, (row * size) << 2);
        }
    }

    private void row(Frame frame, long at) {
        var x = frame.operand(0);
        var y = frame.operand(1);
        var largest = folds.max(x, at, size);
        if (logarithm) {
            var log = (float) Math.log(folds.sumOfExponentials(x, at, largest, size));
            spans.binary(BinaryFunction.SUB, x, at, largest, y, at, size);
            spans.binary(BinaryFunction.SUB, y, at, log, y, at, size);
        } else {
            var factor = (float) (1 / folds.exponentials(x, at, largest, y, at, size));
            spans.binary(BinaryFunction.MUL, y, at, factor, y, at, size);
        }
    }
}
