package dev.balsa.kernel.resize;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.FloatSpans;
import dev.balsa.kernel.elementwise.PlainSpans;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// [ResizeRequest], an output row at a time: the input rows that it depends on are added up by weight, whole; the sum
/// is then resampled along itself. A unit is a few output rows.
///
/// Scratch memory holds the sum of rows and one weighted row. A single row of weight 1 is read where it stands.
final class ResizeWork implements Work {
    private static final int GRAIN = 8_192;

    private final ResizeTable depth;
    private final ResizeTable height;
    private final ResizeTable width;
    private final long rows;
    private final int perUnit;
    private final FloatSpans spans;

    ResizeWork(ResizeRequest request, VectorProvider provider) {
        var axes = request.axes();
        var rank = axes.size();
        this.depth = rank > 2 ? new ResizeTable(axes.get(rank - 3)) : ResizeTable.single();
        this.height = rank > 1 ? new ResizeTable(axes.get(rank - 2)) : ResizeTable.single();
        this.width = new ResizeTable(axes.get(rank - 1));
        this.rows = width.output == 0 ? 0 : request.planes() * depth.output * height.output;
        var cost = (long) width.output * width.taps + (long) width.input * height.taps * depth.taps;
        this.perUnit = (int) Math.max(1, GRAIN / Math.max(1, cost));
        this.spans = FloatSpans.of(provider);
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((rows + perUnit - 1) / perUnit);
    }

    @Override
    public long workerBytes() {
        return 8L * width.input;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var end = Math.min((long) to * perUnit, rows);
        for (long row = (long) from * perUnit; row < end; row++) {
            var above = row / height.output;
            var h = (int) (row - above * height.output);
            var plane = above / depth.output;
            var d = (int) (above - plane * depth.output);
            row(frame, plane * depth.input, d, h, (row * width.output) << 2);
        }
    }

    private void row(Frame frame, long firstPlane, int d, int h, long target) {
        var output = frame.operand(1);
        if (depth.taps * height.taps == 1) {
            along(frame.operand(0), place(firstPlane, depth.indices[d], height.indices[h]), output, target);
            return;
        }
        var scratch = frame.scratch();
        for (int k = 0; k < depth.taps * height.taps; k++) {
            var z = d * depth.taps + k / height.taps;
            var y = h * height.taps + k % height.taps;
            var at = place(firstPlane, depth.indices[z], height.indices[y]);
            var weight = depth.weights[z] * height.weights[y];
            add(frame.operand(0), at, weight, scratch, k == 0);
        }
        along(scratch, 0, output, target);
    }

    private long place(long firstPlane, int z, int y) {
        return (((firstPlane + z) * height.input + y) * width.input) << 2;
    }

    private void add(MemorySegment input, long at, float weight, MemorySegment scratch, boolean first) {
        var n = width.input;
        if (first) {
            spans.binary(BinaryFunction.MUL, input, at, weight, scratch, 0, n);
        } else if (weight != 0) {
            var term = (long) n << 2;
            spans.binary(BinaryFunction.MUL, input, at, weight, scratch, term, n);
            spans.binary(BinaryFunction.ADD, scratch, 0, scratch, term, scratch, 0, n);
        }
    }

    private void along(MemorySegment source, long at, MemorySegment target, long into) {
        if (width.identity) {
            MemorySegment.copy(source, at, target, into, (long) width.output << 2);
            return;
        }
        switch (width.taps) {
            case 1 -> nearest(source, at, target, into);
            case 2 -> linear(source, at, target, into);
            default -> weighted(source, at, target, into);
        }
    }

    private void nearest(MemorySegment source, long at, MemorySegment target, long into) {
        var indices = width.indices;
        for (int o = 0; o < indices.length; o++) {
            PlainSpans.set(PlainSpans.get(source, at, indices[o]), target, into, o);
        }
    }

    private void linear(MemorySegment source, long at, MemorySegment target, long into) {
        var indices = width.indices;
        var weights = width.weights;
        for (int o = 0; o < width.output; o++) {
            var left = PlainSpans.get(source, at, indices[2 * o]) * weights[2 * o];
            var right = PlainSpans.get(source, at, indices[2 * o + 1]) * weights[2 * o + 1];
            PlainSpans.set(left + right, target, into, o);
        }
    }

    private void weighted(MemorySegment source, long at, MemorySegment target, long into) {
        for (int o = 0; o < width.output; o++) {
            var sum = 0f;
            for (int k = o * width.taps; k < (o + 1) * width.taps; k++) {
                sum += PlainSpans.get(source, at, width.indices[k]) * width.weights[k];
            }
            PlainSpans.set(sum, target, into, o);
        }
    }
}
