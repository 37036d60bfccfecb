package dev.balsa.kernel.amx;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.amx.BlockCode.Order;
import dev.balsa.kernel.amx.BlockCode.Section;
import dev.balsa.kernel.amx.BlockCode.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/// Products of [RowPlanes] with [RunPanels] on the tile unit, for kernels that go from block to block themselves:
/// the counterpart of `dev.balsa.kernel.tile.BlockProduct`.
///
/// Results are made by blocks of 32 rows and a panel's columns: of all rows up to the next multiple of 32, and of
/// all of a panel's columns. Between [#begin] and [#end] the worker's tiles are configured.
///
/// Sums that are kept lie by blocks of 32 rows, in each panel by panel, as four tiles: two of the first 16 rows,
/// then two of the others.
///
/// Immutable and thread-safe.
public final class PlaneProduct {
    /// Rows of a block.
    public static final int ROWS = 2 * Tiles.ROWS;
    /// Bytes of scratch memory that routines are told in.
    public static final int ARGUMENT_BYTES = Math.ceilDiv(BlockArgument.OPERANDS.at(), BlockCode.LINE) * BlockCode.LINE;
    /// Bytes of scratch memory behind these that results go through.
    public static final int BUFFER_BYTES = SumsOut.BUFFER_BYTES;
    /// Bytes of the kept sums of a block.
    private static final long SUM_BYTES = 2L * AmxPanels.WIDTH * Tiles.BYTES;

    private final RowPlanes left;
    private final RunPanels right;
    private final MachineCode configure;
    private final MachineCode release;
    private final MachineCode beginning;
    private final MachineCode further;
    private final MemorySegment places;

    private PlaneProduct(
            AmxFamily family,
            RowPlanes left,
            RunPanels right,
            Section first,
            Section next,
            long[] places,
            Constants constants) {
        this.left = left;
        this.right = right;
        configure = constants.code("amx_begin", AmxTileCode::begin);
        release = constants.code("amx_end", BlockCode::end);
        beginning = code(family, right, first, constants);
        further = code(family, right, next, constants);
        this.places = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, places);
    }

    private static MachineCode code(AmxFamily family, RunPanels right, Section section, Constants constants) {
        // Sums that are kept leave the unit all at once, after any number of steps.
        int steps = section == Section.WHOLE ? right.steps() : Shape.MOST_STEPS;
        var shape = Shape.of(2, AmxPanels.WIDTH, Tiles.COLUMNS, steps, Order.PANELS_INSIDE, section, 0, 0, false);
        var form = new AmxTileCode.Form(family, shape, List.of(), Storage.FLOATS);
        return constants.code(form.name(), () -> AmxTileCode.write(form));
    }

    /// Products whose whole depth is summed up at once, and whose results are rows of floats.
    ///
    /// @param rows at most, a multiple of [#ROWS]
    /// @param step elements from a row of the result to the next
    public static PlaneProduct ofRows(
            AmxFamily family, RowPlanes left, RunPanels right, int rows, int step, Constants constants) {
        // Behind the last tile there is one of dropped rows; two places are a word.
        var places = new long[(rows + Tiles.ROWS) / 2];
        Arrays.fill(places, -1);
        for (int row = 0; row < rows; row += 2) {
            places[row / 2] = (long) row * step | (row + 1L) * step << Integer.SIZE;
        }
        return new PlaneProduct(family, left, right, Section.WHOLE, Section.WHOLE, places, constants);
    }

    /// Products that are added to sums that are kept.
    public static PlaneProduct ofSums(AmxFamily family, RowPlanes left, RunPanels right, Constants constants) {
        return new PlaneProduct(family, left, right, Section.FIRST, Section.MIDDLE, new long[0], constants);
    }

    /// Configures the tiles.
    public void begin(MemorySegment scratch) {
        configure.call(0, scratch, 0, 0);
    }

    /// Gives the tiles up.
    public void end(MemorySegment scratch) {
        release.call(0, scratch, 0, 0);
    }

    private long blockBytes() {
        return right.panels() * SUM_BYTES;
    }

    /// Bytes of the sums of so many rows.
    public long sumBytes(int rows) {
        return (long) Math.ceilDiv(rows, ROWS) * blockBytes();
    }

    /// Bytes from the first of the sums that are kept to a row's.
    public long sumAt(int row) {
        return (long) row / ROWS * blockBytes()
                + (long) row % ROWS / Tiles.ROWS * AmxPanels.WIDTH * Tiles.BYTES
                + (long) row % Tiles.ROWS * Tiles.ROW_BYTES;
    }

    /// Bytes from a row's first 16 sums to others of its columns.
    ///
    /// @param vector the number of these 16
    public static int sumVectorAt(int vector) {
        return vector / AmxPanels.WIDTH * (int) SUM_BYTES + vector % AmxPanels.WIDTH * Tiles.BYTES;
    }

    /// Makes rows of the result.
    ///
    /// @param planes the address of the left factor's planes
    /// @param panels the address of the first panel
    /// @param count how many panels
    /// @param result the address of the first row of the result, which has whole panels
    public void multiply(MemorySegment scratch, long planes, int rows, long panels, int count, long result) {
        prepare(scratch, planes, panels, count, right.steps());
        BlockArgument.OUTPUT.set(scratch, result);
        BlockArgument.OUTPUT_PLACES.set(scratch, places.address());
        beginning.call(0, scratch, 0, tiles(rows));
    }

    /// Adds products to sums that are kept, or begins them.
    ///
    /// @param panels the address of the first panel's first step
    /// @param steps how many steps of depth, at least 1
    /// @param sums their address
    public void add(MemorySegment scratch, long planes, int rows, long panels, int steps, boolean begins, long sums) {
        prepare(scratch, planes, panels, right.panels(), steps);
        BlockArgument.SECTION_SUMS.set(scratch, sums);
        (begins ? beginning : further).call(0, scratch, 0, tiles(rows));
    }

    private static int tiles(int rows) {
        return 2 * Math.ceilDiv(rows, ROWS);
    }

    private void prepare(MemorySegment scratch, long planes, long panels, int count, int steps) {
        BlockArgument.LEFT.set(scratch, planes);
        BlockArgument.PLANE_STEP.set(scratch, left.planeStep());
        BlockArgument.STRIDE.set(scratch, left.stride());
        BlockArgument.STARTS.set(scratch, left.starts());
        BlockArgument.STEPS.set(scratch, left.steps());
        BlockArgument.STEP_COUNT.set(scratch, steps);
        BlockArgument.PANEL.set(scratch, panels);
        BlockArgument.PANEL_BYTES.set(scratch, right.panelBytes());
        BlockArgument.PANELS.set(scratch, count);
        BlockArgument.OUTPUT.set(scratch, scratch.address());
        BlockArgument.OUTPUT_PLACES.set(scratch, scratch.address());
        BlockArgument.BUFFER.set(scratch, scratch.address() + ARGUMENT_BYTES);
    }
}
