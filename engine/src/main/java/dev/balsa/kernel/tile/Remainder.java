package dev.balsa.kernel.tile;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The products with the remainders of a [QuadFactor]: rows of a part are turned, then for each panel there are the
/// sums that tiles begin with. Immutable and thread-safe.
final class Remainder {
    private final SegmentTable depth;
    private final long depthBytes;
    private final MachineCode turning;
    private final List<MachineCode> codes = new ArrayList<>();

    /// @param depth in quads
    Remainder(VectorUnit unit, Panels panels, Depth depth, Constants constants) {
        this.depth = SegmentTable.of(depth.joined(), false);
        depthBytes = (long) depth.length() * QuadFactor.QUAD;
        turning = constants.code(RowTurnCode.name(), RowTurnCode::write);
        for (int panel = 0; panel < panels.count(); panel++) {
            int columns = panels.vectors(panel) * unit.lanes();
            codes.add(constants.code(RemainderCode.name(columns), () -> RemainderCode.write(columns)));
        }
    }

    /// Rows of a part: whole blocks of at most so many, at least one.
    static int rowsOfPart(int count, long most) {
        long blocks = Math.max(1, most / RowTurnCode.BLOCK);
        return (int) Math.min(count, blocks * RowTurnCode.BLOCK);
    }

    /// Rows that are as many as those of whole blocks.
    static int wholeRows(int rows) {
        return Math.ceilDiv(rows, RowTurnCode.BLOCK) * RowTurnCode.BLOCK;
    }

    /// Bytes of so many turned rows, and of the square that may be written behind them.
    long bytes(int rows) {
        return wholeRows(rows) * depthBytes + (long) RowTurnCode.SIDE * RowTurnCode.BLOCK;
    }

    /// Turns rows.
    ///
    /// @param arguments tell the left factor and its rows
    /// @param target address of memory for [#bytes]
    void turn(MemorySegment arguments, long target, int firstRow, int endRow) {
        TileArgument.TURNED.set(arguments, target);
        TileArgument.TURNED_BLOCK.set(arguments, depthBytes * RowTurnCode.BLOCK);
        TileArgument.SEGMENTS.set(arguments, depth.memory().address());
        TileArgument.SEGMENT_COUNT.set(arguments, depth.count());
        turning.call(0, arguments, firstRow, endRow);
    }

    /// Makes the sums of a panel, of the same rows that were turned.
    ///
    /// @param arguments tell what belongs to the panel, and where sums are left
    /// @param turned where rows were turned
    void multiply(MemorySegment arguments, long turned, int panel, int firstRow, int endRow) {
        TileArgument.TURNED.set(arguments, turned);
        TileArgument.TURNED_BLOCK.set(arguments, depthBytes * RowTurnCode.BLOCK);
        codes.get(panel).call(0, arguments, firstRow, endRow);
    }
}
