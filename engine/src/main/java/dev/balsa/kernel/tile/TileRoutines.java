package dev.balsa.kernel.tile;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;

/// The routines of a product's tiles: by panel, then by rows of a tile. A range of rows is made in tiles of about
/// the same number of rows.
final class TileRoutines {
    private static final int LINE = 64;

    private final VectorUnit unit;
    private final Panels panels;
    private final TileForm form;
    private final List<Stage> stages;
    private final Constants constants;
    private final MachineCode[][] codes;

    /// @param constants has new routines written
    TileRoutines(VectorUnit unit, Panels panels, TileForm form, List<Stage> stages, Constants constants) {
        this.unit = unit;
        this.panels = panels;
        this.form = form;
        this.stages = stages;
        this.constants = constants;
        codes = new MachineCode[panels.count()][];
        var byKind = new HashMap<Integer, MachineCode[]>();
        for (int panel = 0; panel < panels.count(); panel++) {
            codes[panel] = byKind.computeIfAbsent(kind(panel), _ -> new MachineCode[TileShape.mostRows(unit, 1) + 1]);
        }
    }

    /// Panels of one kind have the same code.
    private int kind(int panel) {
        return panels.vectors(panel) * (unit.lanes() + 1) + panels.lastLanes(panel);
    }

    /// Has the routines written that ranges of so many rows need, at least 1.
    void write(int count) {
        for (int panel = 0; panel < panels.count(); panel++) {
            int tiles = tiles(panel, count);
            write(panel, count / tiles);
            if (count % tiles != 0) {
                write(panel, count / tiles + 1);
            }
        }
    }

    /// How many tiles a range of so many rows is made in.
    int tiles(int panel, int count) {
        return Math.ceilDiv(count, mostRows(panel));
    }

    private int mostRows(int panel) {
        return form.mostRows(unit, panels.vectors(panel));
    }

    private void write(int panel, int rows) {
        var known = codes[panel];
        if (known[rows] == null) {
            int vectors = panels.vectors(panel);
            int lastLanes = panels.lastLanes(panel);
            known[rows] = constants.code(
                    TileCode.name(unit, form, rows, vectors, lastLanes, stages),
                    () -> TileCode.write(unit, form, rows, vectors, lastLanes, stages));
        }
    }

    /// Has the tiles that a panel makes for so many rows ask for a range of memory together, so that it is in the
    /// second-level cache afterwards.
    ///
    /// @param arguments those of [TileCode]
    /// @param rounds of steps that each tile makes
    /// @param bytes of the range, from `place` on; 0 if there is nothing to ask for
    void ask(MemorySegment arguments, int panel, int rows, long rounds, long place, long bytes) {
        long tiles = tiles(panel, rows);
        long step = Math.ceilDiv(bytes, Math.max(1, rounds * tiles));
        boolean isSlow = step <= (long) TileAhead.linesOfRound(panels.vectors(panel)) * LINE;
        TileArgument.NEXT.set(arguments, place);
        TileArgument.NEXT_STEP.set(arguments, isSlow ? step : 0);
        TileArgument.NEXT_LINES.set(arguments, isSlow ? 0 : Math.ceilDiv(bytes, LINE * tiles));
    }

    /// Has a tile's rows ask for the next tile's while they go over panels, where the form says so.
    ///
    /// @param group panels that follow each other
    /// @param rounds of steps that each tile makes
    /// @param rowBytes from a row to the next
    void askNextRows(MemorySegment arguments, int panel, int rows, int group, long rounds, long rowBytes) {
        long bytes = Math.ceilDiv(rows, tiles(panel, rows)) * rowBytes;
        TileArgument.NEXT_STEP.set(arguments, Math.ceilDiv(bytes, Math.max(1, group * rounds)));
    }

    /// Makes the tiles of a range of rows: some of the one size, then some of one row less.
    ///
    /// @param arguments those of [TileCode]
    void run(MemorySegment arguments, int panel, int firstRow, int endRow) {
        var byRows = codes[panel];
        int count = endRow - firstRow;
        int tiles = tiles(panel, count);
        int small = count / tiles;
        int middle = firstRow + count % tiles * (small + 1);
        if (middle > firstRow) {
            byRows[small + 1].call(0, arguments, firstRow, middle);
        }
        byRows[small].call(0, arguments, middle, endRow);
    }
}
