package dev.balsa.kernel.movement;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [PadRequest] in machine code: a unit is some rows, or some blocks of a row.
final class PadCodeWork implements CodeWork {
    private static final long UNIT = 32_768;
    /// So much of the value, over and over, is copied at a time.
    private static final int PATTERN = 256;
    /// Longer than an element, which runs are copied by other code than.
    private static final long RUN = 16;

    private final PadMode mode;
    private final boolean hasValue;
    private final int elementBytes;
    private final int output;
    private final PadRows rows;
    private final long count;
    private final long rowBytes;
    private final long rowsPerUnit;
    private final long blocksPerUnit;
    private final long unitsPerRow;
    private final long middle;
    private final long middleEnd;
    private final MemorySegment sources;
    private final boolean[] outside;
    private final RunCopies fills;
    private final BlockCopies middles;
    private final BlockCopies edges;
    private final long pattern;

    PadCodeWork(PadRequest request, PadRows rows, VectorUnit unit, Constants constants) {
        this.rows = rows;
        mode = request.mode();
        hasValue = PadPlaces.hasValue(mode);
        elementBytes = request.elementBytes();
        output = request.output();
        count = rows.count();
        rowBytes = rows.width() * rows.blockBytes();
        rowsPerUnit = Math.max(1, UNIT / Math.max(1, rowBytes));
        blocksPerUnit = Math.clamp(UNIT / Math.max(1, rows.blockBytes()), 1, Math.max(1, rows.width()));
        unitsPerRow = rowsPerUnit > 1 ? 1 : Math.ceilDiv(rows.width(), blocksPerUnit);
        middle = Math.clamp(rows.begin(), 0, rows.width());
        middleEnd = Math.clamp(rows.begin() + rows.size(), middle, rows.width());
        sources = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, Math.max(1, count));
        outside = new boolean[Math.toIntExact(count)];
        for (long row = 0; row < count; row++) {
            long source = rows.source(mode, row);
            sources.setAtIndex(ValueLayout.JAVA_LONG, row, source);
            outside[(int) row] = source == PadPlaces.OUTSIDE;
        }
        fills = RunCopies.of(unit, constants);
        middles = BlockCodeCopies.of(unit, constants, RUN, false);
        edges = BlockCodeCopies.of(unit, constants, rows.blockBytes(), false);
        pattern = (Math.max(RunCopies.SCRATCH, Math.max(middles.scratchBytes(), edges.scratchBytes())) + 63) & -64;
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact(unitsPerRow > 1 ? count * unitsPerRow : Math.ceilDiv(count, rowsPerUnit));
    }

    @Override
    public long workerBytes() {
        return pattern + PATTERN;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (hasValue && from < to) {
            repeat(mode == PadMode.CONSTANT ? frame.operand(1) : PadPlaces.ZERO, frame.scratch());
        }
        for (int unit = from; unit < to; unit++) {
            if (unitsPerRow > 1) {
                long row = unit / unitsPerRow;
                long first = (unit - row * unitsPerRow) * blocksPerUnit;
                part(frame, row, row + 1, first, Math.min(rows.width(), first + blocksPerUnit));
            } else {
                long first = unit * rowsPerUnit;
                part(frame, first, Math.min(count, first + rowsPerUnit), 0, rows.width());
            }
        }
    }

    private void repeat(MemorySegment value, MemorySegment scratch) {
        Effects.copy(value, 0, scratch, pattern, elementBytes);
        for (int done = elementBytes; done < PATTERN; done *= 2) {
            Effects.copy(scratch, pattern, scratch, pattern + done, done);
        }
    }

    /// Blocks from `begin` to `end` of rows, whole rows if there are several.
    private void part(Frame frame, long firstRow, long endRow, long begin, long end) {
        long from = Math.clamp(middle, begin, end);
        long to = Math.clamp(middleEnd, from, end);
        boolean filled = hasValue && (begin < from || to < end);
        if (filled) {
            fill(frame, firstRow, endRow - firstRow, begin, end);
        }
        for (long row = firstRow; row < endRow; ) {
            boolean outside = isOutside(row);
            long next = row + 1;
            while (next < endRow && isOutside(next) == outside) {
                next++;
            }
            if (!outside) {
                inside(frame, row, next - row, begin, from, to, end);
            } else if (!filled) {
                fill(frame, row, next - row, begin, end);
            }
            row = next;
        }
    }

    private boolean isOutside(long row) {
        return outside[(int) row];
    }

    private void fill(Frame frame, long row, long several, long begin, long end) {
        long target = frame.operand(output).address() + row * rowBytes + begin * rows.blockBytes();
        long bytes = several > 1 ? several * rowBytes : (end - begin) * rows.blockBytes();
        var scratch = frame.scratch();
        long whole = bytes / PATTERN;
        long source = scratch.address() + pattern;
        if (whole > 0) {
            fills.copy(scratch, source, target, 0, PATTERN, PATTERN, whole);
        }
        if (bytes % PATTERN > 0) {
            fills.copy(scratch, source, target + whole * PATTERN, 0, 0, bytes % PATTERN, 1);
        }
    }

    private void inside(Frame frame, long row, long several, long begin, long from, long to, long end) {
        if (to > from) {
            copy(frame, middles, row, several, from, from - rows.begin(), to - from);
        }
        if (!hasValue) {
            edge(frame, row, several, begin, from);
            edge(frame, row, several, to, end);
        }
    }

    private void edge(Frame frame, long row, long several, long begin, long end) {
        for (long block = begin; block < end; block++) {
            int place = PadPlaces.place(mode, block - rows.begin(), rows.size());
            copy(frame, edges, row, several, block, place, 1);
        }
    }

    /// Copies `blocks` blocks of each of several rows to `block`, from `place` of the row that is shown.
    private void copy(Frame frame, BlockCopies copies, long row, long several, long block, long place, long blocks) {
        long bytes = rows.blockBytes();
        copies.copy(
                frame.scratch(),
                frame.operand(0),
                place * bytes,
                frame.operand(output),
                row * rowBytes + block * bytes,
                sources,
                row * Long.BYTES,
                rowBytes,
                blocks * bytes,
                several);
    }
}
