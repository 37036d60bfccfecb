package dev.balsa.kernel.reduce;

import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.Work;
import dev.balsa.kernel.elementwise.FloatSpans;
import dev.balsa.kernel.elementwise.PlainSpans;
import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// Reductions whose innermost axis is kept: a unit is a strip of neighbouring outputs, to which spans of the input are
/// added (or the like) one after the other.
///
/// Sums are taken of blocks of spans first and of the blocks' sums then. Scratch memory holds, a strip each, the sum,
/// the sum of a block, a term, and what is subtracted before taking exponentials.
final class ReduceColumns implements Work {
    private static final int WIDTH = 512;
    private static final int NARROW = 64;
    private static final long SUM = 0;
    private static final long BLOCK = 4L * WIDTH;
    private static final long TERM = 2 * BLOCK;
    private static final long SHIFT = 3 * BLOCK;
    private static final int BLOCK_ROWS = 64;

    private final ReduceFunction function;
    private final ReduceNests nests;
    private final long count;
    private final int width;
    private final int strips;
    private final FloatSpans spans;

    ReduceColumns(ReduceFunction function, ReduceNests nests, VectorProvider provider) {
        this.function = function;
        this.nests = nests;
        this.count = nests.reduced().total();
        this.width = nests.kept().total() < 16 * WIDTH ? NARROW : WIDTH;
        this.strips = Math.toIntExact((nests.kept().inner() + width - 1) / width);
        this.spans = FloatSpans.of(provider);
    }

    @Override
    public int units(int phase) {
        var kept = nests.kept();
        return kept.total() == 0 ? 0 : Math.toIntExact(kept.total() / kept.inner() * strips);
    }

    @Override
    public long workerBytes() {
        return 4 * BLOCK;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        var kept = nests.kept();
        for (int unit = from; unit < to; unit++) {
            var row = unit / strips;
            var column = (long) (unit % strips) * width;
            var n = (int) Math.min(width, kept.inner() - column);
            var start = (kept.rowOffset(0, row) + column) << 2;
            strip(frame, start, n);
            MemorySegment.copy(
                    frame.scratch(), SUM, frame.operand(1), (row * kept.inner() + column) << 2, (long) n << 2);
        }
    }

    private void strip(Frame frame, long start, int n) {
        var x = frame.operand(0);
        var scratch = frame.scratch();
        switch (function) {
            case MAX -> fold(BinaryFunction.MAX, Float.NEGATIVE_INFINITY, x, start, scratch, n);
            case MIN -> fold(BinaryFunction.MIN, Float.POSITIVE_INFINITY, x, start, scratch, n);
            case PRODUCT -> fold(BinaryFunction.MUL, 1f, x, start, scratch, n);
            case SUM, SUM_OF_SQUARES, L1 -> sum(x, start, scratch, n);
            case MEAN -> {
                sum(x, start, scratch, n);
                spans.binary(BinaryFunction.DIV, scratch, SUM, (float) count, scratch, SUM, n);
            }
            case L2 -> {
                sum(x, start, scratch, n);
                spans.unary(UnaryFunction.SQRT, 0, 0, scratch, SUM, scratch, SUM, n);
            }
            case LOG_SUM -> {
                sum(x, start, scratch, n);
                spans.unary(UnaryFunction.LOG, 0, 0, scratch, SUM, scratch, SUM, n);
            }
            case LOG_SUM_EXP -> logSumExp(x, start, scratch, n);
        }
    }

    private void logSumExp(MemorySegment x, long start, MemorySegment scratch, int n) {
        fold(BinaryFunction.MAX, Float.NEGATIVE_INFINITY, x, start, scratch, n);
        // An infinite shift would turn infinities into NaN.
        spans.unary(UnaryFunction.CLIP, -Float.MAX_VALUE, Float.MAX_VALUE, scratch, SUM, scratch, SHIFT, n);
        sum(x, start, scratch, n);
        spans.unary(UnaryFunction.LOG, 0, 0, scratch, SUM, scratch, SUM, n);
        spans.binary(BinaryFunction.ADD, scratch, SUM, scratch, SHIFT, scratch, SUM, n);
    }

    private long place(long start, long index) {
        var reduced = nests.reduced();
        var row = index / reduced.inner();
        return start + ((reduced.rowOffset(0, row) + (index - row * reduced.inner()) * reduced.innerStride(0)) << 2);
    }

    private void fold(BinaryFunction f, float start, MemorySegment x, long at, MemorySegment scratch, int n) {
        fill(start, scratch, SUM, n);
        for (long k = 0; k < count; k++) {
            spans.binary(f, scratch, SUM, x, place(at, k), scratch, SUM, n);
        }
    }

    private void sum(MemorySegment x, long start, MemorySegment scratch, int n) {
        fill(0f, scratch, SUM, n);
        for (long block = 0; block < count; block += BLOCK_ROWS) {
            fill(0f, scratch, BLOCK, n);
            for (long k = block; k < Math.min(count, block + BLOCK_ROWS); k++) {
                addTerm(x, place(start, k), scratch, n);
            }
            spans.binary(BinaryFunction.ADD, scratch, SUM, scratch, BLOCK, scratch, SUM, n);
        }
    }

    private void addTerm(MemorySegment x, long at, MemorySegment scratch, int n) {
        var term = scratch;
        var termAt = TERM;
        switch (function) {
            case SUM_OF_SQUARES, L2 -> spans.binary(BinaryFunction.MUL, x, at, x, at, scratch, TERM, n);
            case L1 -> spans.unary(UnaryFunction.ABS, 0, 0, x, at, scratch, TERM, n);
            case LOG_SUM_EXP -> {
                spans.binary(BinaryFunction.SUB, x, at, scratch, SHIFT, scratch, TERM, n);
                spans.unary(UnaryFunction.EXP, 0, 0, scratch, TERM, scratch, TERM, n);
            }
            case SUM, MEAN, LOG_SUM, MAX, MIN, PRODUCT -> {
                term = x;
                termAt = at;
            }
        }
        spans.binary(BinaryFunction.ADD, scratch, BLOCK, term, termAt, scratch, BLOCK, n);
    }

    private static void fill(float value, MemorySegment target, long offset, int n) {
        for (int i = 0; i < n; i++) {
            PlainSpans.set(value, target, offset, i);
        }
    }
}
