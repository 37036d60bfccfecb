package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.LoopNest;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// [ElementwiseRequest]: every unit is a range of the output, done in blocks that all stages pass over while they are
/// in the first-level cache.
final class ElementwiseWork implements Work {
    private static final int UNIT = 16_384;
    private static final int BLOCK = 2_048;

    private final LoopNest nest;
    private final Stage[] stages;
    private final FloatSpans spans;
    private final int output;

    ElementwiseWork(ElementwiseRequest request, VectorProvider provider) {
        this.nest = new LoopNest(request.shape(), request.strides());
        this.stages = request.stages().toArray(Stage[]::new);
        this.spans = FloatSpans.of(provider);
        this.output = request.output();
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact((nest.total() + UNIT - 1) / UNIT);
    }

    @Override
    public long workerBytes() {
        return 4L * BLOCK;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var inner = nest.inner();
        var end = Math.min((long) to * UNIT, nest.total());
        for (long at = (long) from * UNIT; at < end; ) {
            var row = at / inner;
            var column = at - row * inner;
            var n = (int) Math.min(BLOCK, Math.min(inner - column, end - at));
            block(frame, row, column, at << 2, n);
            at += n;
        }
    }

    private void block(Frame frame, long row, long column, long targetOffset, int n) {
        var target = frame.operand(output);
        var source = frame.operand(0);
        var step = nest.innerStride(0);
        var sourceOffset = (nest.rowOffset(0, row) + column * step) << 2;
        if (step != 1 || stages.length == 0) {
            spread(source, sourceOffset, step, target, targetOffset, n);
            source = target;
            sourceOffset = targetOffset;
        }
        for (var stage : stages) {
            if (stage instanceof Stage.Unary unary) {
                spans.unary(
                        unary.function(), unary.alpha(), unary.beta(), source, sourceOffset, target, targetOffset, n);
            } else if (stage instanceof Stage.Binary binary) {
                binary(binary, frame, row, column, source, sourceOffset, target, targetOffset, n);
            }
            source = target;
            sourceOffset = targetOffset;
        }
    }

    private void binary(
            Stage.Binary binary,
            Frame frame,
            long row,
            long column,
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            int n) {
        var index = binary.operand();
        var other = frame.operand(index);
        var step = nest.innerStride(index);
        var offset = (nest.rowOffset(index, row) + column * step) << 2;
        if (step == 0) {
            var y = PlainSpans.get(other, offset, 0);
            spans.binary(binary.function(), source, sourceOffset, y, target, targetOffset, n);
            return;
        }
        if (step != 1) {
            spread(other, offset, step, frame.scratch(), 0, n);
            other = frame.scratch();
            offset = 0;
        }
        spans.binary(binary.function(), source, sourceOffset, other, offset, target, targetOffset, n);
    }

    private static void spread(
            MemorySegment source, long sourceOffset, long step, MemorySegment target, long targetOffset, int n) {
        if (step == 1) {
            MemorySegment.copy(source, sourceOffset, target, targetOffset, (long) n << 2);
            return;
        }
        for (int i = 0; i < n; i++) {
            PlainSpans.set(PlainSpans.get(source, sourceOffset + ((i * step) << 2), 0), target, targetOffset, i);
        }
    }
}
