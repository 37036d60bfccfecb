package dev.balsa.kernel.movement;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;

/// [ConcatRequest]: the output is cut into equal pieces, a unit each; a unit copies the parts of runs that lie in
/// it.
final class ConcatWork implements CodeWork {
    private static final long UNIT = 65_536;

    private final long[] ends;
    private final long row;
    private final long total;

    ConcatWork(ConcatRequest request) {
        this.ends = new long[request.runs().size()];
        long end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += request.runs().get(i);
            ends[i] = end;
        }
        this.row = end;
        this.total = end * request.outer();
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((total + UNIT - 1) / UNIT);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var output = frame.operand(ends.length);
        var end = Math.min(to * UNIT, total);
        for (long at = from * UNIT; at < end; ) {
            var step = at / row;
            var column = at - step * row;
            var input = 0;
            while (ends[input] <= column) {
                input++;
            }
            var begin = input == 0 ? 0 : ends[input - 1];
            var run = ends[input] - begin;
            var bytes = Math.min(ends[input] - column, end - at);
            Effects.copy(frame.operand(input), step * run + column - begin, output, at, bytes);
            at += bytes;
        }
    }
}
