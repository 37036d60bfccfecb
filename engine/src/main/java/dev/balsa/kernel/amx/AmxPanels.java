package dev.balsa.kernel.amx;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.code.StridedCopyCode;
import dev.balsa.kernel.tile.TileProduct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The packed form of a right factor: panels of two tiles of columns, in which for every [Step] and every part
/// there is a tile of 16 pairs of rows per 16 columns, in the order in which they are multiplied. Zeros fill up
/// steps and columns.
final class AmxPanels {
    /// Tiles of columns of a panel.
    static final int WIDTH = 2;

    private final int parts;
    private final int columns;
    private final List<Step> steps;

    AmxPanels(int parts, int columns, List<Step> steps) {
        this.parts = parts;
        this.columns = columns;
        this.steps = List.copyOf(steps);
    }

    private int columnTiles() {
        return Math.ceilDiv(columns, Tiles.COLUMNS);
    }

    /// The number of panels of so many columns.
    static int count(int columns) {
        return Math.ceilDiv(columns, WIDTH * Tiles.COLUMNS);
    }

    /// The number of panels.
    int count() {
        return count(columns);
    }

    /// Tiles of columns of a panel.
    int tiles(int panel) {
        return Math.min(WIDTH, columnTiles() - panel * WIDTH);
    }

    /// The first column of a panel.
    int column(int panel) {
        return panel * WIDTH * Tiles.COLUMNS;
    }

    /// How many columns a panel's last tile has.
    int lastColumns(int panel) {
        return Math.min(Tiles.COLUMNS, columns - (panel * WIDTH + tiles(panel) - 1) * Tiles.COLUMNS);
    }

    /// Where a panel lies, in bytes.
    long place(int panel) {
        return (long) panel * WIDTH * steps.size() * parts * Tiles.BYTES;
    }

    /// Bytes of all panels.
    long bytes() {
        return (long) columnTiles() * steps.size() * parts * Tiles.BYTES;
    }

    /// Names the form, for [Constants].
    String form() {
        return "tiles of " + parts + " bfloat16 parts, " + columns + " columns, steps "
                + steps.stream().map(step -> step.first() + "+" + step.count()).toList();
    }

    /// Packs a factor.
    ///
    /// @param target zeros, [#bytes] of them
    void pack(TileProduct.Right right, MemorySegment target, Constants constants) {
        var strided = new StridedCopyCode(Float.BYTES);
        var copy = constants.code(strided.name(), strided::write);
        var code = constants.code(PackCode.name(parts), () -> PackCode.write(parts));
        try (var arena = Arena.ofConfined()) {
            // What the arguments point to is part of them, so that it is alive during a call as they are.
            long most = Math.max(PackCode.Argument.bytes(), StridedCopyCode.Argument.bytes());
            long floatsAt = Math.ceilDiv(most, Tiles.ROW_BYTES) * (long) Tiles.ROW_BYTES;
            var arguments = arena.allocate(floatsAt + 2L * Tiles.BYTES, Tiles.ROW_BYTES);
            var floats = arguments.asSlice(floatsAt);
            for (int panel = 0; panel < count(); panel++) {
                for (int i = 0; i < steps.size(); i++) {
                    for (int tile = 0; tile < tiles(panel); tile++) {
                        floats.fill((byte) 0);
                        int column = column(panel) + tile * Tiles.COLUMNS;
                        copyStep(right, steps.get(i), column, floats, arguments, copy);
                        long step = place(panel) + (long) i * parts * tiles(panel) * Tiles.BYTES;
                        long at = target.address() + step + (long) tile * Tiles.BYTES;
                        PackCode.Argument.SOURCE.set(arguments, floats.address());
                        PackCode.Argument.TARGET.set(arguments, at);
                        PackCode.Argument.PART_STEP.set(arguments, (long) tiles(panel) * Tiles.BYTES);
                        PackCode.Argument.FACTOR.set(arguments, Float.floatToRawIntBits(right.factor()));
                        code.call(0, arguments, 0, Tiles.DEPTH / 2);
                    }
                }
            }
        }
    }

    /// Copies the rows of a step in 16 columns or fewer, run by run.
    private void copyStep(
            TileProduct.Right right,
            Step step,
            int column,
            MemorySegment floats,
            MemorySegment arguments,
            MachineCode copy) {
        int width = Math.min(Tiles.COLUMNS, columns - column);
        int done = 0;
        while (done < step.count()) {
            int row = step.first() + done;
            int inRun = row % right.run();
            int count = Math.min(step.count() - done, right.run() - inRun);
            long from = right.runs().get(row / right.run()) + inRun * right.rowStep() + column * right.columnStep();
            StridedCopyCode.Argument.SOURCE.set(arguments, right.memory().address() + from * Float.BYTES);
            StridedCopyCode.Argument.TARGET.set(arguments, floats.address() + (long) done * Tiles.ROW_BYTES);
            StridedCopyCode.Argument.STEP.set(arguments, right.columnStep() * Float.BYTES);
            StridedCopyCode.Argument.SOURCE_ROW.set(arguments, right.rowStep() * Float.BYTES);
            StridedCopyCode.Argument.TARGET_ROW.set(arguments, Tiles.ROW_BYTES);
            copy.call(0, arguments, count, width);
            done += count;
        }
    }
}
