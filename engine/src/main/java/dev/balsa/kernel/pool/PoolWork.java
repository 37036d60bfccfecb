package dev.balsa.kernel.pool;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.FloatSpans;
import dev.balsa.kernel.elementwise.PlainSpans;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// [PoolRequest], an output row at a time: the input rows under it are folded to one row, whole; this row is taken
/// apart into one row per phase of the stride, so that neighbouring windows find their elements side by side; these
/// rows are folded once per position of the window. A unit is a few output rows.
///
/// Scratch memory holds the folded row and after it the phases.
final class PoolWork implements Work {
    private static final int GRAIN = 8_192;

    private final boolean max;
    private final BinaryFunction fold;
    private final long rows;
    private final int perUnit;
    private final PoolAxis depth;
    private final PoolAxis height;
    private final PoolAxis width;
    private final int[] depthCounts;
    private final int[] heightCounts;
    private final int[] widthCounts;
    private final int phaseLength;
    private final FloatSpans spans;

    PoolWork(PoolRequest request, VectorProvider provider) {
        this.max = request.function() == PoolFunction.MAX;
        this.fold = max ? BinaryFunction.MAX : BinaryFunction.ADD;
        this.depth = PoolAxis.of(request, 0);
        this.height = PoolAxis.of(request, 1);
        this.width = PoolAxis.of(request, 2);
        this.rows = request.planes() * depth.output() * height.output();
        var rowCost = (long) width.output() * width.kernel() + (long) width.input() * height.kernel() * depth.kernel();
        this.perUnit = (int) Math.max(1, GRAIN / Math.max(1, rowCost));
        this.depthCounts = depth.counts(request.countPadding());
        this.heightCounts = height.counts(request.countPadding());
        this.widthCounts = width.counts(request.countPadding());
        this.phaseLength = Math.ceilDiv(width.input(), width.stride());
        this.spans = FloatSpans.of(provider);
    }

    @Override
    public int units(int phase) {
        return width.output() == 0 ? 0 : Math.toIntExact((rows + perUnit - 1) / perUnit);
    }

    @Override
    public long workerBytes() {
        return 4L * width.input() + (width.stride() > 1 ? 4L * phaseLength * width.stride() : 0);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var end = Math.min((long) to * perUnit, rows);
        for (long row = (long) from * perUnit; row < end; row++) {
            var above = row / height.output();
            var h = (int) (row - above * height.output());
            var plane = above / depth.output();
            row(frame, plane, (int) (above - plane * depth.output()), h, (row * width.output()) << 2);
        }
    }

    private void row(Frame frame, long plane, int d, int h, long target) {
        var output = frame.operand(1);
        var folded = foldRows(frame, plane, d, h);
        var nothing = max ? Float.NEGATIVE_INFINITY : 0f;
        if (!folded || width.input() == 0) {
            fill(nothing, output, target, 0, width.output());
            return;
        }
        var phases = splitPhases(frame.scratch());
        var begin = width.begin(width.output() - 1);
        var end = width.end(0);
        if (begin >= end) {
            fill(nothing, output, target, 0, width.output());
        }
        for (int k = begin; k < end; k++) {
            var first = width.firstInside(k);
            var n = width.endInside(k) - first;
            if (k == begin) {
                fill(nothing, output, target, 0, first);
                fill(nothing, output, target, Math.max(first, first + n), width.output());
            }
            if (n > 0) {
                var place = width.place(first, k);
                var column = (long) place % width.stride() * phaseLength + place / width.stride();
                var at = target + ((long) first << 2);
                if (k == begin) {
                    MemorySegment.copy(frame.scratch(), phases + (column << 2), output, at, (long) n << 2);
                } else {
                    spans.binary(fold, output, at, frame.scratch(), phases + (column << 2), output, at, n);
                }
            }
        }
        if (!max) {
            divide(output, target, (long) depthCounts[d] * heightCounts[h]);
        }
    }

    /// Folds the input rows under an output row into the first row of scratch memory, if there are any.
    private boolean foldRows(Frame frame, long plane, int d, int h) {
        var input = frame.operand(0);
        var scratch = frame.scratch();
        var any = false;
        for (int kd = depth.begin(d); kd < depth.end(d); kd++) {
            var z = depth.place(d, kd);
            for (int kh = height.begin(h); kh < height.end(h); kh++) {
                var y = height.place(h, kh);
                var at = (((plane * depth.input() + z) * height.input() + y) * width.input()) << 2;
                if (any) {
                    spans.binary(fold, scratch, 0, input, at, scratch, 0, width.input());
                } else {
                    MemorySegment.copy(input, at, scratch, 0, (long) width.input() << 2);
                    any = true;
                }
            }
        }
        return any;
    }

    /// Takes the folded row apart; returns where the phases begin.
    private long splitPhases(MemorySegment scratch) {
        var stride = width.stride();
        if (stride == 1) {
            return 0;
        }
        var start = (long) width.input() << 2;
        for (int phase = 0; phase < stride; phase++) {
            var target = start + (((long) phase * phaseLength) << 2);
            if (stride == 2) {
                var n = (width.input() + 1 - phase) / 2;
                spans.everySecond(scratch, (long) phase << 2, scratch, target, n);
                continue;
            }
            for (int i = phase, k = 0; i < width.input(); i += stride, k++) {
                PlainSpans.set(PlainSpans.get(scratch, 0, i), scratch, target, k);
            }
        }
        return start;
    }

    private void divide(MemorySegment output, long target, long counted) {
        for (int first = 0; first < widthCounts.length; ) {
            var end = first + 1;
            while (end < widthCounts.length && widthCounts[end] == widthCounts[first]) {
                end++;
            }
            var at = target + ((long) first << 2);
            // A window over nothing but padding is the sum of nothing, 0.
            var divisor = (float) Math.max(1, counted * widthCounts[first]);
            spans.binary(BinaryFunction.DIV, output, at, divisor, output, at, end - first);
            first = end;
        }
    }

    private static void fill(float value, MemorySegment target, long offset, int from, int to) {
        for (int i = from; i < to; i++) {
            PlainSpans.set(value, target, offset, i);
        }
    }
}
