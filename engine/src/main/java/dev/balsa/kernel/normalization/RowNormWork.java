package dev.balsa.kernel.normalization;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.FloatSpans;
import dev.balsa.kernel.elementwise.PlainSpans;
import dev.balsa.kernel.reduce.FloatFolds;
import dev.balsa.kernel.vector.VectorProvider;

/// [RowNormRequest]: a unit is a few whole rows. The variance is taken about the mean in a second pass, which keeps its
/// accuracy where the mean is large.
final class RowNormWork implements Work {
    private static final int GRAIN = 8_192;

    private final RowNormRequest request;
    private final int perUnit;
    private final FloatSpans spans;
    private final FloatFolds folds;

    RowNormWork(RowNormRequest request, VectorProvider provider) {
        this.request = request;
        this.perUnit = Math.max(1, GRAIN / Math.max(1, request.size()));
        this.spans = FloatSpans.of(provider);
        this.folds = FloatFolds.of(provider);
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((request.rows() + perUnit - 1) / perUnit);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var end = Math.min((long) to * perUnit, request.rows());
        for (long row = (long) from * perUnit; row < end; row++) {
            row(frame, row);
        }
    }

    private void row(Frame frame, long row) {
        var size = request.size();
        var at = (row * size) << 2;
        var x = frame.operand(0);
        var mean = request.centered() ? (float) (folds.sum(x, at, size) / size) : 0f;
        var variance = folds.sumOfSquares(x, at, mean, size) / size;
        var factor = (float) (1 / Math.sqrt(variance + request.epsilon()));
        scale(frame, at, mean, factor);
        if (request.statistics()) {
            PlainSpans.set(mean, frame.operand(request.output() + 1), row << 2, 0);
            PlainSpans.set(factor, frame.operand(request.output() + 2), row << 2, 0);
        }
    }

    private void scale(Frame frame, long at, float mean, float factor) {
        var size = request.size();
        var x = frame.operand(0);
        var y = frame.operand(request.output());
        if (request.scaled() && request.shifted()) {
            spans.standardize(x, at, mean, factor, frame.operand(1), frame.operand(2), y, at, size);
            return;
        }
        spans.standardize(x, at, mean, factor, 0f, y, at, size);
        if (request.scaled() || request.shifted()) {
            var function = request.scaled() ? BinaryFunction.MUL : BinaryFunction.ADD;
            spans.binary(function, y, at, frame.operand(1), 0, y, at, size);
        }
    }
}
