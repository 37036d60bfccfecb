package dev.balsa.kernel.movement;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Work;
import java.lang.foreign.MemorySegment;

/// [PadRequest], row by row of the output: per dimension a table says which input position an output position shows, or
/// none. The middle of a row is one copy. A unit is a few rows.
final class PadWork implements Work {
    private static final int GRAIN = 16_384;
    private static final int OUTSIDE = PadPlaces.OUTSIDE;

    private final int bytes;
    private final PadMode mode;
    private final int output;
    private final int[][] tables;
    private final long[] strides;
    private final int width;
    private final int middle;
    private final int middleEnd;
    private final long rows;
    private final int perUnit;

    PadWork(PadRequest request) {
        var rank = Math.max(1, request.shape().size());
        this.bytes = request.elementBytes();
        this.mode = request.mode();
        this.output = request.output();
        this.tables = new int[rank][];
        this.strides = new long[rank];
        long stride = 1;
        long count = 1;
        for (int d = rank - 1; d >= 0; d--) {
            tables[d] = request.shape().isEmpty() ? new int[] {0} : table(request, d);
            strides[d] = stride;
            stride *= request.shape().isEmpty() ? 1 : request.shape().get(d);
            count *= d < rank - 1 ? tables[d].length : 1;
        }
        this.width = tables[rank - 1].length;
        var begin = request.shape().isEmpty() ? 0 : request.begins().get(rank - 1);
        var size = request.shape().isEmpty() ? 1 : request.shape().get(rank - 1);
        this.middle = Math.clamp(begin, 0, width);
        this.middleEnd = Math.clamp(begin + size, middle, width);
        this.rows = width == 0 ? 0 : count;
        this.perUnit = Math.max(1, GRAIN / Math.max(1, width));
    }

    private static int[] table(PadRequest request, int d) {
        var size = request.shape().get(d);
        var table = new int
                [Math.toIntExact(Math.max(
                        0, size + request.begins().get(d) + request.ends().get(d)))];
        for (int o = 0; o < table.length; o++) {
            table[o] = PadPlaces.place(request.mode(), o - request.begins().get(d), size);
        }
        return table;
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((rows + perUnit - 1) / perUnit);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var end = Math.min((long) to * perUnit, rows);
        for (long row = (long) from * perUnit; row < end; row++) {
            var rest = row;
            long source = 0;
            var inside = true;
            for (int d = tables.length - 2; d >= 0; d--) {
                var table = tables[d];
                var above = rest / table.length;
                var place = table[(int) (rest - above * table.length)];
                rest = above;
                inside &= place != OUTSIDE;
                source += place * strides[d];
            }
            row(frame, inside, source * bytes, row * width * bytes);
        }
    }

    private void row(Frame frame, boolean inside, long source, long target) {
        if (!inside) {
            Elements.move(bytes, value(frame), 0, 0, frame.operand(output), target, width);
            return;
        }
        edge(frame, source, target, 0, middle);
        if (middleEnd > middle) {
            var first = source + (long) tables[tables.length - 1][middle] * bytes;
            var into = target + (long) middle * bytes;
            Elements.move(bytes, frame.operand(0), first, bytes, frame.operand(output), into, middleEnd - middle);
        }
        edge(frame, source, target, middleEnd, width);
    }

    private MemorySegment value(Frame frame) {
        return mode == PadMode.CONSTANT ? frame.operand(1) : PadPlaces.ZERO;
    }

    private void edge(Frame frame, long source, long target, int from, int to) {
        var table = tables[tables.length - 1];
        for (int o = from; o < to; o++) {
            var place = table[o];
            var segment = place == OUTSIDE ? value(frame) : frame.operand(0);
            var at = place == OUTSIDE ? 0 : source + (long) place * bytes;
            Elements.move(bytes, segment, at, 0, 0, frame.operand(output), target + (long) o * bytes, 0, 1, 1);
        }
    }
}
