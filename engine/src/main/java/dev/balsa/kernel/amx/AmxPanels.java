package dev.balsa.kernel.amx;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.tile.TileProduct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
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
                + steps.stream().map(AmxPanels::form).toList();
    }

    private static String form(Step step) {
        return (step.before() == 0 ? "" : step.before() + " before ") + step.first() + "+" + step.count();
    }

    /// Packs a factor.
    ///
    /// @param target zeros, [#bytes] of them
    void pack(TileProduct.Right right, MemorySegment target, Constants constants) {
        var form = new PackCode(parts, right.columnStep() == 1);
        var code = constants.code(form.name(), form::write);
        try (var arena = Arena.ofConfined()) {
            // What the arguments point to is part of them, so that it is alive during a call as they are.
            var places = rows(right);
            long rowsAt = PackCode.Argument.bytes();
            var arguments = arena.allocate(rowsAt + (long) places.length * Long.BYTES, Long.BYTES);
            MemorySegment.copy(places, 0, arguments, ValueLayout.JAVA_LONG, rowsAt, places.length);
            // Columns that are further apart would be those of a factor of more than 8 GB.
            int reach = Math.toIntExact((Tiles.COLUMNS - 1) * right.columnStep());
            PackCode.Argument.COLUMN_STEP.set(arguments, reach / (Tiles.COLUMNS - 1));
            PackCode.Argument.FACTOR.set(arguments, Float.floatToRawIntBits(right.factor()));
            var rows = arguments.asSlice(rowsAt);
            int tile = 0;
            if (form.adjacent()) {
                int whole = columns / (WIDTH * Tiles.COLUMNS);
                packPanels(right, target, code, arguments, rows, whole);
                tile = whole * WIDTH;
            }
            for (; tile < columnTiles(); tile++) {
                packColumns(right, target, code, arguments, rows, tile);
            }
        }
    }

    /// For each row of each step, its place in the factor in bytes.
    private long[] rows(TileProduct.Right right) {
        var places = new long[steps.size() * Tiles.DEPTH];
        Arrays.fill(places, PackCode.NO_ROW);
        int at = 0;
        for (var step : steps) {
            for (int i = 0; i < step.count(); i++) {
                int row = step.first() + i;
                long place = right.runs().get(row / right.run()) + row % right.run() * right.rowStep();
                places[at + step.before() + i] = place * Float.BYTES;
            }
            at += Tiles.DEPTH;
        }
        return places;
    }

    /// Packs whole panels, step by step: neighbouring columns are read one after the other.
    private void packPanels(
            TileProduct.Right right,
            MemorySegment target,
            MachineCode code,
            MemorySegment arguments,
            MemorySegment rows,
            int count) {
        PackCode.Argument.SOURCE_STEP.set(arguments, (long) WIDTH * Tiles.COLUMNS * Float.BYTES);
        PackCode.Argument.ROWS_STEP.set(arguments, 0);
        PackCode.Argument.TARGET_STEP.set(arguments, place(1));
        PackCode.Argument.PART_STEP.set(arguments, (long) WIDTH * Tiles.BYTES);
        PackCode.Argument.COLUMNS.set(arguments, (1 << Tiles.COLUMNS) - 1);
        for (int i = 0; i < steps.size(); i++) {
            for (int tile = 0; tile < WIDTH; tile++) {
                long step = (long) i * parts * WIDTH * Tiles.BYTES;
                PackCode.Argument.SOURCE.set(
                        arguments, right.memory().address() + (long) tile * Tiles.COLUMNS * Float.BYTES);
                PackCode.Argument.ROWS.set(arguments, rows.address() + (long) i * Tiles.DEPTH * Long.BYTES);
                PackCode.Argument.TARGET.set(arguments, target.address() + step + (long) tile * Tiles.BYTES);
                code.call(0, arguments, 0, count);
            }
        }
    }

    /// Packs all steps of a tile of columns.
    private void packColumns(
            TileProduct.Right right,
            MemorySegment target,
            MachineCode code,
            MemorySegment arguments,
            MemorySegment rows,
            int tile) {
        int panel = tile / WIDTH;
        int column = tile * Tiles.COLUMNS;
        long partStep = (long) tiles(panel) * Tiles.BYTES;
        long place = place(panel) + (long) (tile % WIDTH) * Tiles.BYTES;
        PackCode.Argument.SOURCE.set(arguments, right.memory().address() + column * right.columnStep() * Float.BYTES);
        PackCode.Argument.SOURCE_STEP.set(arguments, 0);
        PackCode.Argument.ROWS.set(arguments, rows.address());
        PackCode.Argument.ROWS_STEP.set(arguments, (long) Tiles.DEPTH * Long.BYTES);
        PackCode.Argument.TARGET.set(arguments, target.address() + place);
        PackCode.Argument.TARGET_STEP.set(arguments, parts * partStep);
        PackCode.Argument.PART_STEP.set(arguments, partStep);
        PackCode.Argument.COLUMNS.set(arguments, (1 << Math.min(Tiles.COLUMNS, columns - column)) - 1);
        code.call(0, arguments, 0, steps.size());
    }
}
