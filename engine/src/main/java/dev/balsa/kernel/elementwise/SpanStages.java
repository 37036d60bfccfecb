package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The stages of an epilogue, ready to be applied to pieces of a result's rows. Immutable and thread-safe; no
/// method allocates, but for the first one of what was read from a file.
///
/// The result is a matrix of `columns` columns, as [Stage.Spread] has it; operands are found in the [Frame] by it.
/// What happens to an element does not depend on the piece that it is in.
public final class SpanStages {
    /// Elements that all stages are applied to before the next ones are touched: a part of the first-level cache.
    private static final int BLOCK = 2048;

    /// A stage with its loop.
    private sealed interface Step {
        record Unary(UnaryLoop loop, float alpha, float beta) implements Step {}

        record Binary(BinaryLoop loop, int operand, Stage.Spread spread) implements Step {}
    }

    private final List<Stage> stages;
    private final VectorProvider provider;
    /// Loops are classes of this process, so what was read from a file finds its own.
    private transient volatile Step @Nullable [] found;

    /// Stages applied by the loops of a provider.
    public SpanStages(List<Stage> stages, VectorProvider provider) {
        this.stages = List.copyOf(stages);
        this.provider = provider;
        found = steps(stages, provider);
    }

    private static Step[] steps(List<Stage> stages, VectorProvider provider) {
        var spans = FloatSpans.of(provider);
        return stages.stream().map(stage -> step(stage, spans)).toArray(Step[]::new);
    }

    private Step[] steps() {
        var known = found;
        if (known == null) {
            known = steps(stages, provider);
            found = known;
        }
        return known;
    }

    private static Step step(Stage stage, FloatSpans spans) {
        return switch (stage) {
            case Stage.Unary(var function, var alpha, var beta, var _) ->
                new Step.Unary(spans.loop(function), alpha, beta);
            case Stage.Binary(var function, var operand, var spread, var _) ->
                new Step.Binary(spans.loop(function), operand, spread);
        };
    }

    /// Whether there is nothing to do.
    public boolean isEmpty() {
        return stages.isEmpty();
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
        for (var step : steps()) {
            if (step instanceof Step.Unary unary) {
                unary.loop().apply(from, fromOffset, target, targetOffset, n, unary.alpha(), unary.beta());
            } else if (step instanceof Step.Binary binary) {
                binary(binary, frame, from, fromOffset, target, targetOffset, row, column, columns, n);
            }
            from = target;
            fromOffset = targetOffset;
        }
        if (stages.isEmpty() && (!source.equals(target) || sourceOffset != targetOffset)) {
            MemorySegment.copy(source, sourceOffset, target, targetOffset, (long) n << 2);
        }
    }

    private void binary(
            Step.Binary binary,
            Frame frame,
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            long row,
            long column,
            long columns,
            int n) {
        var loop = binary.loop();
        var other = frame.operand(binary.operand());
        switch (binary.spread()) {
            case FULL ->
                loop.apply(source, sourceOffset, other, (row * columns + column) << 2, target, targetOffset, n);
            case COLUMN -> loop.apply(source, sourceOffset, other, column << 2, target, targetOffset, n);
            case ROW -> {
                var y = PlainSpans.get(other, row % (other.byteSize() >> 2) << 2, 0);
                loop.apply(source, sourceOffset, y, target, targetOffset, n);
            }
            case SCALAR -> loop.apply(source, sourceOffset, PlainSpans.get(other, 0, 0), target, targetOffset, n);
        }
    }
}
