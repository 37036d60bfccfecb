package dev.balsa.kernel.tile;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/// A product of rows with one block of a right factor that only the run tells, for kernels that go from block to
/// block themselves: `out[r][c] = sum over d of left[r][d] * right[d][c]`, or the same added to sums that are
/// kept.
///
/// Immutable and thread-safe. The block is packed panel by panel in the worker's memory, or read where it lies.
///
/// Sums that are kept lie panel after panel; in each there are [Request#mostRows] rows of as many vectors as
/// [#widths] says.
public final class BlockProduct {
    private static final int LINE = 64;
    /// The pair of numbers that tells a depth stands behind the arguments of the tiles.
    private static final int SEGMENT = TileArgument.OPERANDS.at();

    /// Bytes of scratch memory that routines are told in: the first ones, where nothing else lies.
    public static final int ARGUMENT_BYTES = Math.ceilDiv(SEGMENT + 2 * Long.BYTES, LINE) * LINE;

    /// What blocks are like.
    ///
    /// @param columns the most columns that a call may have
    /// @param depth the most steps of depth; all calls have so many where the block is packed and transposed
    /// @param rowStep elements from a row of the right factor to the next
    /// @param columnStep elements from a column to the next; one of the two is 1
    /// @param inPlace whether the block is read where it lies; columns are neighbours then
    /// @param leftPlaces where rows of the left factor begin, as elements from its memory; those of a row are
    ///     neighbours
    /// @param outputPlaces where rows of the result begin
    /// @param rows for how many rows there are calls
    /// @param panelAt bytes from the beginning of scratch memory to a packed panel
    public record Request(
            int columns,
            int depth,
            long rowStep,
            long columnStep,
            boolean inPlace,
            RowPlaces leftPlaces,
            RowPlaces outputPlaces,
            List<Integer> rows,
            long panelAt) {
        /// Copies the list.
        public Request {
            rows = List.copyOf(rows);
        }

        /// The same for fewer columns.
        public Request withColumns(int fewer) {
            return new Request(fewer, depth, rowStep, columnStep, inPlace, leftPlaces, outputPlaces, rows, panelAt);
        }

        /// The most rows of a call.
        public int mostRows() {
            return rows.stream().mapToInt(Integer::intValue).max().orElseThrow();
        }
    }

    private final Request request;
    private final Panels panels;
    private final Optional<PanelPacker> packer;
    private final TileRoutines routines;
    private final long[] sumsAt;
    private final long sumBytes;

    /// Prepares a product; has code written where it is new.
    public BlockProduct(VectorUnit unit, Request request, Constants constants) {
        this.request = request;
        int mostRows = request.mostRows();
        panels = panels(unit, request.columns, request.depth, request.inPlace, mostRows);
        packer = request.inPlace
                ? Optional.empty()
                : Optional.of(
                        new PanelPacker(unit, panels, request.depth, request.rowStep, request.columnStep, constants));
        routines = new TileRoutines(unit, panels, new TileForm(request.inPlace, false), List.of(), constants);
        request.rows.forEach(routines::write);
        sumsAt = new long[panels.count()];
        long at = 0;
        for (int panel = 0; panel < sumsAt.length; panel++) {
            sumsAt[panel] = at;
            at += panels.bytes(panel, mostRows);
        }
        sumBytes = at;
    }

    private static Panels panels(VectorUnit unit, int columns, int depth, boolean inPlace, int mostRows) {
        return inPlace && mostRows <= TileShape.mostRows(unit, 1)
                ? new Panels(unit, columns, depth, TileShape.mostVectors(unit, mostRows))
                : new Panels(unit, columns, depth);
    }

    /// The most bytes that a packed panel of so many columns and steps takes.
    public static long panelBytes(VectorUnit unit, int columns, int depth) {
        return new Panels(unit, columns, depth).mostBytes(depth);
    }

    /// The widths of panels in vectors.
    public List<Integer> widths() {
        return panels.widths();
    }

    /// How many columns of the right factor are read for the first few of the result.
    public int columns(int wanted) {
        int panel = 0;
        while (panels.column(panel) + panels.columns(panel) < wanted) {
            panel++;
        }
        return panels.column(panel) + panels.columns(panel);
    }

    /// Bytes of the sums that are kept.
    public long sumBytes() {
        return sumBytes;
    }

    /// Makes the result: all panels that begin before some column.
    ///
    /// @param scratch the worker's memory
    /// @param left the address of the left factor's memory
    /// @param right the address of the right factor's first element
    /// @param columns how many columns are wanted, at least 1
    /// @param output the address from which the result's rows are told
    public void multiply(
            MemorySegment scratch,
            long left,
            int firstRow,
            int endRow,
            long right,
            int columns,
            int depth,
            long output) {
        for (int panel = 0; panel < panels.count() && panels.column(panel) < columns; panel++) {
            prepare(scratch, left, right, panel, depth);
            TileArgument.IS_FIRST.set(scratch, 1);
            TileArgument.IS_LAST.set(scratch, 1);
            TileArgument.OUTPUT.set(scratch, output + (long) panels.column(panel) * Float.BYTES);
            TileArgument.OUTPUT_PLACES.set(scratch, request.outputPlaces.address());
            routines.run(scratch, panel, firstRow, endRow);
        }
    }

    /// Adds the product to sums that are kept, or begins them.
    ///
    /// @param sums the address of the sums
    public void add(
            MemorySegment scratch,
            long left,
            int firstRow,
            int endRow,
            long right,
            int depth,
            boolean begins,
            long sums) {
        for (int panel = 0; panel < panels.count(); panel++) {
            prepare(scratch, left, right, panel, depth);
            TileArgument.IS_FIRST.set(scratch, begins ? 1 : 0);
            TileArgument.IS_LAST.set(scratch, 0);
            TileArgument.PARTIAL.set(scratch, sums + sumsAt[panel]);
            routines.run(scratch, panel, firstRow, endRow);
        }
    }

    private void prepare(MemorySegment scratch, long left, long right, int panel, int depth) {
        long place = right + panels.column(panel) * request.columnStep * Float.BYTES;
        if (packer.isPresent()) {
            // Packing overwrites the first arguments.
            place = scratch.address() + request.panelAt;
            packer.get().pack(panel, right, depth, scratch, place);
        }
        TileArgument.LEFT.set(scratch, left);
        TileArgument.ROW_PLACES.set(scratch, request.leftPlaces.address());
        TileArgument.PANEL.set(scratch, place);
        TileArgument.PANEL_ROW.set(scratch, request.rowStep * Float.BYTES);
        TileArgument.LEFT_STEP.set(scratch, Float.BYTES);
        TileArgument.SEGMENTS.set(scratch, scratch.address() + SEGMENT);
        TileArgument.SEGMENT_COUNT.set(scratch, 1);
        TileArgument.NEXT.set(scratch, place);
        TileArgument.NEXT_LINES.set(scratch, 0);
        TileArgument.NEXT_STEP.set(scratch, 0);
        Effects.putLong(scratch, SEGMENT, 0);
        Effects.putLong(scratch, SEGMENT + Long.BYTES, depth);
    }
}
