package dev.balsa.kernel.movement;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Work;

/// [StridedCopyRequest], row by row of the output: a bulk copy where rows are contiguous in the input as well, else
/// element by element. A unit is a range of the output.
final class StridedCopyWork implements Work {
    private static final int UNIT = 16_384;

    private final LoopNest nest;
    private final int bytes;
    private final long start;

    StridedCopyWork(StridedCopyRequest request) {
        this.nest = request.nest();
        this.bytes = request.elementBytes();
        this.start = request.start();
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((nest.total() + UNIT - 1) / UNIT);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var source = frame.operand(0);
        var target = frame.operand(1);
        var inner = nest.inner();
        var step = nest.innerStride(0);
        var end = Math.min((long) to * UNIT, nest.total());
        for (long at = (long) from * UNIT; at < end; ) {
            var row = at / inner;
            var column = at - row * inner;
            var n = (int) Math.min(inner - column, Math.min(end - at, UNIT));
            var place = start + nest.rowOffset(0, row) + column * step;
            Elements.move(bytes, source, place * bytes, step * bytes, target, at * bytes, n);
            at += n;
        }
    }
}
