package dev.balsa.kernel.amx;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A right factor that only the run tells, in bfloat16 parts: panels of two tiles of columns, in which for every
/// 32 rows and every part there are two tiles, in the order in which they are multiplied. Zeros fill up rows and
/// columns.
///
/// Workers pack it piece by piece into memory that they share. Immutable and thread-safe.
public final class RunPanels {
    /// Columns of a panel.
    public static final int COLUMNS = AmxPanels.WIDTH * Tiles.COLUMNS;
    /// Rows of a step of depth.
    public static final int ROWS = Tiles.DEPTH;

    private static final int PART_BYTES = AmxPanels.WIDTH * Tiles.BYTES;

    private final int parts;
    private final int rows;
    private final int columns;
    private final long rowStep;
    private final long columnStep;
    private final MachineCode code;
    /// Where the rows of a whole step are, then those of the last one.
    private final MemorySegment places;

    /// Prepares to pack; has code written where it is new.
    ///
    /// @param rowStep elements from a row to the next
    /// @param columnStep elements from a column to the next, within [#fits]
    public RunPanels(AmxFamily family, int rows, int columns, long rowStep, long columnStep, Constants constants) {
        parts = family.parts();
        this.rows = rows;
        this.columns = columns;
        this.rowStep = rowStep;
        this.columnStep = columnStep;
        var form = new PackCode(parts, columnStep == 1 || columns == 1);
        code = constants.code(form.name(), form::write);
        var numbers = new long[2 * ROWS];
        int last = rows - (steps() - 1) * ROWS;
        for (int row = 0; row < ROWS; row++) {
            numbers[row] = row * rowStep * Float.BYTES;
            numbers[ROWS + row] = row < last ? numbers[row] : PackCode.NO_ROW;
        }
        places = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, numbers);
    }

    /// Whether columns at such a distance can be packed: the code takes those of a tile together, by 32-bit
    /// numbers.
    public static boolean fits(long columnStep) {
        return columnStep >= 0 && columnStep <= Integer.MAX_VALUE / (Tiles.COLUMNS - 1);
    }

    /// How many panels there are.
    public int panels() {
        return AmxPanels.count(columns);
    }

    /// How many steps of depth there are.
    public int steps() {
        return Math.ceilDiv(rows, ROWS);
    }

    /// Bytes of a step of a panel; those of a panel follow each other.
    public long stepBytes() {
        return (long) parts * PART_BYTES;
    }

    /// Bytes from a panel to the next.
    public long panelBytes() {
        return steps() * stepBytes();
    }

    /// Bytes of all panels.
    public long bytes() {
        return panels() * panelBytes();
    }

    /// Packs some steps of some panels.
    ///
    /// @param scratch the worker's memory, for the routine's arguments
    /// @param right the address of the factor's first element
    /// @param target where the first panel's first step goes
    public void pack(
            MemorySegment scratch, long right, long target, int firstPanel, int endPanel, int firstStep, int endStep) {
        int whole = Math.min(endStep, rows / ROWS);
        for (int tile = AmxPanels.WIDTH * firstPanel; tile < AmxPanels.WIDTH * endPanel; tile++) {
            pack(scratch, right, target, tile, firstStep, whole, places.address());
            pack(
                    scratch,
                    right,
                    target,
                    tile,
                    Math.max(firstStep, whole),
                    endStep,
                    places.address() + places.byteSize() / 2);
        }
    }

    /// @param rowPlaces those of a step
    private void pack(MemorySegment scratch, long right, long target, int tile, int first, int end, long rowPlaces) {
        if (first >= end) {
            return;
        }
        int column = tile * Tiles.COLUMNS;
        int count = Math.clamp((long) columns - column, 0, Tiles.COLUMNS);
        long source = right + (column * columnStep + (long) first * ROWS * rowStep) * Float.BYTES;
        PackCode.Argument.SOURCE.set(scratch, source);
        PackCode.Argument.SOURCE_STEP.set(scratch, ROWS * rowStep * Float.BYTES);
        PackCode.Argument.ROWS.set(scratch, rowPlaces);
        PackCode.Argument.ROWS_STEP.set(scratch, 0);
        PackCode.Argument.TARGET.set(
                scratch,
                target
                        + tile / AmxPanels.WIDTH * panelBytes()
                        + first * stepBytes()
                        + (long) tile % AmxPanels.WIDTH * Tiles.BYTES);
        PackCode.Argument.TARGET_STEP.set(scratch, stepBytes());
        PackCode.Argument.PART_STEP.set(scratch, PART_BYTES);
        PackCode.Argument.COLUMN_STEP.set(scratch, columnStep);
        PackCode.Argument.COLUMNS.set(scratch, (1 << count) - 1);
        PackCode.Argument.FACTOR.set(scratch, Float.floatToRawIntBits(1));
        code.call(0, scratch, 0, end - first);
    }
}
