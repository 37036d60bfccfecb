package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The stages of an epilogue, ready to be applied to pieces of a result's rows. Immutable and thread-safe; no method
/// allocates.
///
/// The result is a matrix of `columns` columns, as [Stage.Spread] has it; operands are found in the [Frame] by it. What
/// happens to an element does not depend on the piece that it is in.
public final class SpanStages {
    /// Elements that all stages are applied to before the next ones are touched: a part of the first-level cache.
    private static final int BLOCK = 2048;

    private final Stage[] stages;
    private final FloatSpans spans;

    /// Stages applied by the loops of a provider.
    public SpanStages(List<Stage> stages, VectorProvider provider) {
        this.stages = stages.toArray(Stage[]::new);
        this.spans = FloatSpans.of(provider);
    }

    /// Whether there is nothing to do.
    public boolean isEmpty() {
        return stages.length == 0;
    }

    /// Applies the stages in place to `count` elements at byte `offset` of `values`, which are those of the result
    /// at `row`, `column` and the following columns. The values may stand in the output or in a buffer.
    public void apply(Frame frame, MemorySegment values, long offset, long row, long column, long columns, int count) {
        apply(frame, values, offset, values, offset, row, column, columns, count);
    }

    /// As the other, with the values before and after in different places (or in the same).
    public void apply(
            Frame frame,
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            long row,
            long column,
            long columns,
            int count) {
        for (int done = 0; done < count; done += BLOCK) {
            var n = Math.min(BLOCK, count - done);
            var shift = (long) done << 2;
            block(frame, source, sourceOffset + shift, target, targetOffset + shift, row, column + done, columns, n);
        }
    }

    private void block(
            Frame frame,
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            long row,
            long column,
            long columns,
            int n) {
        var from = source;
        var fromOffset = sourceOffset;
        for (var stage : stages) {
            if (stage instanceof Stage.Unary unary) {
                spans.unary(unary.function(), unary.alpha(), unary.beta(), from, fromOffset, target, targetOffset, n);
            } else if (stage instanceof Stage.Binary binary) {
                binary(binary, frame, from, fromOffset, target, targetOffset, row, column, columns, n);
            }
            from = target;
            fromOffset = targetOffset;
        }
        if (stages.length == 0 && (!source.equals(target) || sourceOffset != targetOffset)) {
            MemorySegment.copy(source, sourceOffset, target, targetOffset, (long) n << 2);
        }
    }

    private void binary(
            Stage.Binary binary,
            Frame frame,
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            long row,
            long column,
            long columns,
            int n) {
        var function = binary.function();
        var other = frame.operand(binary.operand());
        switch (binary.spread()) {
            case FULL ->
                spans.binary(
                        function, source, sourceOffset, other, (row * columns + column) << 2, target, targetOffset, n);
            case COLUMN -> spans.binary(function, source, sourceOffset, other, column << 2, target, targetOffset, n);
            case ROW -> {
                var y = PlainSpans.get(other, row % (other.byteSize() >> 2) << 2, 0);
                spans.binary(function, source, sourceOffset, y, target, targetOffset, n);
            }
            case SCALAR ->
                spans.binary(function, source, sourceOffset, PlainSpans.get(other, 0, 0), target, targetOffset, n);
        }
    }
}
