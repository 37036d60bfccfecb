package dev.balsa.kernel.reduce;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.PlainSpans;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// Reductions whose innermost axis is reduced: every output folds contiguous spans. A unit is a few outputs.
final class ReduceRows implements Work {
    private static final int GRAIN = 16_384;

    private final ReduceFunction function;
    private final ReduceNests nests;
    private final long rows;
    private final int span;
    private final int perUnit;
    private final FloatFolds folds;

    ReduceRows(ReduceFunction function, ReduceNests nests, VectorProvider provider) {
        this.function = function;
        this.nests = nests;
        this.rows = nests.reducedRows();
        this.span = Math.toIntExact(nests.reduced().inner());
        this.perUnit = (int) Math.max(1, GRAIN / Math.max(1, nests.reduced().total()));
        this.folds = FloatFolds.of(provider);
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((nests.kept().total() + perUnit - 1) / perUnit);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var kept = nests.kept();
        var x = frame.operand(0);
        var y = frame.operand(1);
        var end = Math.min((long) to * perUnit, kept.total());
        for (long at = (long) from * perUnit; at < end; at++) {
            var row = at / kept.inner();
            var start = kept.rowOffset(0, row) + (at - row * kept.inner()) * kept.innerStride(0);
            PlainSpans.set((float) reduce(x, start << 2), y, at << 2, 0);
        }
    }

    private double reduce(MemorySegment x, long start) {
        return switch (function) {
            case SUM -> sum(x, start);
            case MEAN -> sum(x, start) / nests.reduced().total();
            case LOG_SUM -> Math.log(sum(x, start));
            case SUM_OF_SQUARES -> squares(x, start);
            case L2 -> Math.sqrt(squares(x, start));
            case L1 -> magnitudes(x, start);
            case PRODUCT -> product(x, start);
            case MAX -> max(x, start);
            case MIN -> min(x, start);
            case LOG_SUM_EXP -> logSumExp(x, start);
        };
    }

    private long place(long start, long row) {
        return start + (nests.reduced().rowOffset(0, row) << 2);
    }

    private double sum(MemorySegment x, long start) {
        var total = 0.0;
        for (long row = 0; row < rows; row++) {
            total += folds.sum(x, place(start, row), span);
        }
        return total;
    }

    private double squares(MemorySegment x, long start) {
        var total = 0.0;
        for (long row = 0; row < rows; row++) {
            total += folds.sumOfSquares(x, place(start, row), 0f, span);
        }
        return total;
    }

    private double magnitudes(MemorySegment x, long start) {
        var total = 0.0;
        for (long row = 0; row < rows; row++) {
            total += folds.sumOfMagnitudes(x, place(start, row), span);
        }
        return total;
    }

    private double product(MemorySegment x, long start) {
        var total = 1.0;
        for (long row = 0; row < rows; row++) {
            total *= folds.product(x, place(start, row), span);
        }
        return total;
    }

    private float max(MemorySegment x, long start) {
        var largest = Float.NEGATIVE_INFINITY;
        for (long row = 0; row < rows; row++) {
            largest = Math.max(largest, folds.max(x, place(start, row), span));
        }
        return largest;
    }

    private float min(MemorySegment x, long start) {
        var smallest = Float.POSITIVE_INFINITY;
        for (long row = 0; row < rows; row++) {
            smallest = Math.min(smallest, folds.min(x, place(start, row), span));
        }
        return smallest;
    }

    private double logSumExp(MemorySegment x, long start) {
        var largest = max(x, start);
        if (Float.isInfinite(largest)) {
            return largest;
        }
        var total = 0.0;
        for (long row = 0; row < rows; row++) {
            total += folds.sumOfExponentials(x, place(start, row), largest, span);
        }
        return largest + Math.log(total);
    }
}
