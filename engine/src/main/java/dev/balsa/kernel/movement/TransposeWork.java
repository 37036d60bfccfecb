package dev.balsa.kernel.movement;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Work;
import java.util.stream.IntStream;

/// [StridedCopyRequest] where neighbours in the input become neighbours along a dimension other than the last: square
/// tiles of these two dimensions are turned one by one, so that both sides stay in the first-level cache. A unit is a
/// tile's height of one outer position.
final class TransposeWork implements Work {
    private static final int TILE = 32;

    private final LoopNest nest;
    private final int bytes;
    private final long start;
    /// The dimension whose neighbours are neighbours in the input.
    private final int turned;
    private final long columns;
    private final long targetStep;
    private final long bands;
    private final long outer;

    TransposeWork(StridedCopyRequest request) {
        this.nest = request.nest();
        this.bytes = request.elementBytes();
        this.start = request.start();
        this.turned = turned(nest);
        this.columns = nest.inner();
        long step = 1;
        for (int d = turned + 1; d < nest.rank(); d++) {
            step *= nest.size(d);
        }
        this.targetStep = step * bytes;
        this.bands = Math.ceilDiv(nest.size(turned), TILE);
        this.outer = nest.total() / nest.size(turned) / columns;
    }

    /// Whether there is such a dimension, and enough along both to be worth tiles.
    static boolean suits(StridedCopyRequest request) {
        var nest = request.nest();
        var last = nest.rank() - 1;
        return request.isDense()
                && request.keepsElements()
                && nest.total() > 0
                && last > 0
                && nest.stride(0, last) != 1
                && nest.stride(0, last) != 0
                && turned(nest) >= 0
                && nest.size(last) > 3
                && nest.size(turned(nest)) > 3;
    }

    private static int turned(LoopNest nest) {
        return IntStream.range(0, nest.rank() - 1)
                .filter(d -> nest.stride(0, d) == 1)
                .findFirst()
                .orElse(-1);
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact(outer * bands);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        for (int unit = from; unit < to; unit++) {
            var position = unit / bands;
            var first = (unit - position * bands) * TILE;
            var sourceAt = start + first;
            long targetAt = first * targetStep;
            long step = columns * bytes;
            for (int d = nest.rank() - 2; d >= 0; d--) {
                if (d != turned) {
                    var above = position / nest.size(d);
                    var index = position - above * nest.size(d);
                    position = above;
                    sourceAt += index * nest.stride(0, d);
                    targetAt += index * step;
                }
                step *= nest.size(d);
            }
            band(frame, sourceAt * bytes, targetAt, (int) Math.min(TILE, nest.size(turned) - first));
        }
    }

    private void band(Frame frame, long sourceAt, long targetAt, int rows) {
        var step = nest.innerStride(0) * bytes;
        for (long column = 0; column < columns; column += TILE) {
            var n = (int) Math.min(TILE, columns - column);
            var source = sourceAt + column * step;
            var target = targetAt + column * bytes;
            Elements.move(bytes, frame.operand(0), source, bytes, step, frame.operand(1), target, targetStep, rows, n);
        }
    }
}
