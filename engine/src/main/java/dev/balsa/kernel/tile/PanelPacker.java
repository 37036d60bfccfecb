package dev.balsa.kernel.tile;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.PanelCopyCode.Argument;
import java.lang.foreign.MemorySegment;

/// Packs blocks of panels in machine code. Immutable and thread-safe.
final class PanelPacker {
    /// How many of the first [dev.balsa.kernel.code.RoutineArgument]s in scratch memory are overwritten.
    static final int ARGUMENTS = Argument.values().length;

    private final Panels panels;
    private final long rowBytes;
    private final long columnBytes;
    /// By panel.
    private final MachineCode[] codes;

    /// @param depth of the factor; blocks are multiples of 8, or end where it does
    /// @param rowStep elements from a row of the right factor to the next
    /// @param columnStep elements from a column to the next; one of the two is 1
    PanelPacker(VectorUnit unit, Panels panels, int depth, long rowStep, long columnStep, Constants constants) {
        this.panels = panels;
        rowBytes = rowStep * Float.BYTES;
        columnBytes = columnStep * Float.BYTES;
        codes = new MachineCode[panels.count()];
        int rest = PanelTurnCode.rest(depth);
        for (int panel = 0; panel < codes.length; panel++) {
            int vectors = panels.vectors(panel);
            int lastLanes = panels.lastLanes(panel);
            int panelRow = vectors * unit.bytes();
            int columns = panels.columns(panel);
            codes[panel] = columnStep == 1
                    ? constants.code(
                            PanelCopyCode.name(unit, vectors, lastLanes),
                            () -> PanelCopyCode.write(unit, vectors, lastLanes))
                    : constants.code(
                            PanelTurnCode.name(panelRow, columns, rest),
                            () -> PanelTurnCode.write(panelRow, columns, rest));
        }
    }

    /// Packs the rows of a panel that begin at an address. Of the columns that are none, nothing is read.
    ///
    /// @param source where the factor's first row of the block has its first column
    /// @param scratch the worker's memory, whose first [#ARGUMENTS] are overwritten
    /// @param target address of the packed rows
    void pack(int panel, long source, int rows, MemorySegment scratch, long target) {
        Argument.SOURCE.set(scratch, source + panels.column(panel) * columnBytes);
        Argument.SOURCE_STEP.set(scratch, columnBytes == Float.BYTES ? rowBytes : columnBytes);
        Argument.TARGET.set(scratch, target);
        codes[panel].call(0, scratch, 0, rows);
    }
}
