package dev.balsa.kernel.elementwise;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.LoopNest;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A walk over a shape of which a routine does rows: a unit is some rows, or a part of a row. Rows one stride
/// apart are done in one call.
///
/// The routine does rdx rows; rdi points to the arguments, 64-bit numbers: the inputs' addresses ([#MOST_INPUTS]
/// places), the bytes from a row to the next of each, then the output's address, the bytes of its row, how many
/// elements of a row are in whole vectors, and how many are left behind them.
final class RowsWork implements CodeWork {
    /// As many as there are registers for.
    static final int MOST_INPUTS = 6;

    static final int STEPS = MOST_INPUTS * Long.BYTES;
    static final int OUTPUT = 2 * STEPS;
    static final int ROW_BYTES = OUTPUT + Long.BYTES;
    static final int WHOLE = ROW_BYTES + Long.BYTES;
    static final int REST = WHOLE + Long.BYTES;

    private static final int ARGUMENT_BYTES = REST + Long.BYTES;
    private static final int UNIT = 16_384;

    private final LoopNest nest;
    private final int[] bytes;
    private final int lanes;
    private final MachineCode code;
    private final int inputs;
    private final long rows;
    private final long rowsPerUnit;
    private final long partsPerRow;
    /// Rows that lie at equal distances for every operand.
    private final long regular;

    /// Calls of `code`.
    ///
    /// @param nest the walk of the inputs, then of the output; of one element at least
    /// @param bytes of an element of each input and of the output
    /// @param lanes elements of a vector
    RowsWork(LoopNest nest, List<Integer> bytes, int lanes, MachineCode code) {
        this.nest = nest;
        this.bytes = bytes.stream().mapToInt(Integer::intValue).toArray();
        this.lanes = lanes;
        this.code = code;
        inputs = bytes.size() - 1;
        rows = nest.total() / nest.inner();
        rowsPerUnit = Math.max(1, UNIT / nest.inner());
        partsPerRow = Math.ceilDiv(nest.inner(), UNIT);
        regular = nest.rank() > 1 ? nest.size(nest.rank() - 2) : 1;
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact(partsPerRow > 1 ? rows * partsPerRow : Math.ceilDiv(rows, rowsPerUnit));
    }

    @Override
    public long workerBytes() {
        return ARGUMENT_BYTES;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (partsPerRow > 1) {
            for (int unit = from; unit < to; unit++) {
                long column = unit % partsPerRow * UNIT;
                call(frame, unit / partsPerRow, 1, column, Math.min(UNIT, nest.inner() - column));
            }
            return;
        }
        long end = Math.min(rows, to * rowsPerUnit);
        for (long row = from * rowsPerUnit; row < end; ) {
            long next = Math.min(end, (row / regular + 1) * regular);
            call(frame, row, next - row, 0, nest.inner());
            row = next;
        }
    }

    private void call(Frame frame, long row, long count, long column, long length) {
        var arguments = frame.scratch();
        for (int i = 0; i < inputs; i++) {
            long at = nest.rowOffset(i, row) + column * nest.innerStride(i);
            set(arguments, i * Long.BYTES, frame.operand(i).address() + at * bytes[i]);
            long step = nest.rank() > 1 ? nest.stride(i, nest.rank() - 2) : 0;
            set(arguments, STEPS + i * Long.BYTES, step * bytes[i]);
        }
        long place = nest.rowOffset(inputs, row) + column;
        set(arguments, OUTPUT, frame.operand(inputs).address() + place * bytes[inputs]);
        long step = nest.rank() > 1 ? nest.stride(inputs, nest.rank() - 2) : 0;
        set(arguments, ROW_BYTES, step * bytes[inputs]);
        set(arguments, WHOLE, length / lanes * lanes);
        set(arguments, REST, length % lanes);
        code.call(0, arguments, 0, count);
    }

    private static void set(MemorySegment arguments, int at, long value) {
        Effects.putLong(arguments, at, value);
    }
}
