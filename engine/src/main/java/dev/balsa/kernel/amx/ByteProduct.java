package dev.balsa.kernel.amx;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.amx.BlockCode.Order;
import dev.balsa.kernel.amx.BlockCode.Section;
import dev.balsa.kernel.amx.BlockCode.Shape;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.tile.BandedProduct;
import dev.balsa.kernel.tile.PairFactor;
import dev.balsa.kernel.tile.TileProduct;
import dev.balsa.kernel.tile.ZeroPoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// A product of rows of bytes with a packed factor on the tile unit, prepared.
///
/// Immutable and thread-safe. A part of it is a band of tiles of rows by some panels of columns. Within a part the
/// loops are, from the outside: blocks of tiles, panels, depth, or panels first where there are many.
final class ByteProduct implements BandedProduct {
    private static final int LINE = BlockCode.LINE;
    /// Cycles of a product of tiles, and of a tile's sums on their way through the epilogue.
    private static final double PRODUCT_CYCLES = 16;

    private static final double EPILOGUE_CYCLES = 70;
    /// Cycles of a part that take some ten microseconds, many times what a call and a turn of workers take.
    private static final double LEAST_CYCLES = 30_000;
    /// Weights of which each had better be read by one worker: a fourth of a second-level cache.
    private static final long MANY_WEIGHTS = 512 << 10;
    /// How many times the wanted multiply-adds may be done because rows, columns and depth fill up tiles: by vectors
    /// they take some seven times as long.
    private static final double MOST_WASTE = 4;

    private final boolean signed;
    private final SumResult result;
    private final List<Stage> stages;
    private final OperandAddresses operands;
    private final ByteRows rows;
    private final BytePanels panels;
    private final MemorySegment packed;
    private final MachineCode begin;
    private final MachineCode end;
    /// By band, then by panel.
    private final MachineCode[][] codes;

    private final MemorySegment starts;
    private final MemorySegment places;
    private final MemorySegment steps;
    private final int bands;
    private final int panelParts;

    private ByteProduct(
            TileProduct.Request request,
            ByteRows rows,
            boolean signed,
            SumResult result,
            PairFactor right,
            Constants constants) {
        this.signed = signed;
        this.result = result;
        this.rows = rows;
        stages = request.stages();
        operands = new OperandAddresses(stages);
        panels = new BytePanels(rows, request.columns());
        packed = constants.packed(
                right.memory(),
                panels.form() + " of " + right.form(),
                panels.bytes(),
                target -> panels.pack(right, target));
        starts = starts();
        places = rows.tiles().places(request.outputPlaces());
        steps = Arena.ofAuto()
                .allocateFrom(
                        ValueLayout.JAVA_LONG,
                        rows.steps().stream()
                                .mapToLong(ByteRows.ByteStep::offset)
                                .toArray());
        int count = rows.tiles().count();
        double tile = rows.steps().size() * PRODUCT_CYCLES * rows.depth() / Tiles.ROW_BYTES + EPILOGUE_CYCLES;
        double cycles = tile * count * panels.count() * BytePanels.WIDTH;
        int wanted = (int) Math.clamp(cycles / LEAST_CYCLES, 1, request.parts());
        int least = Math.ceilDiv(request.rows().count(), request.mostRows());
        bands = Math.clamp(areMany() ? least : Math.max(wanted, least), 1, Math.ceilDiv(count, 2));
        panelParts = Math.clamp(Math.ceilDiv(wanted, bands), 1, panels.count());
        begin = constants.code("amx_begin_bytes" + rows.depth(), () -> ByteTileCode.begin(rows.depth()));
        end = constants.code("amx_end", BlockCode::end);
        codes = codes(constants);
    }

    private MachineCode[][] codes(Constants constants) {
        var made = new MachineCode[bands][panels.count()];
        var byForm = new HashMap<ByteTileCode.Form, MachineCode>();
        for (int band = 0; band < bands; band++) {
            for (int panel = 0; panel < panels.count(); panel++) {
                var form = new ByteTileCode.Form(signed, rows.depth(), shape(band, panel), result, stages);
                made[band][panel] =
                        byForm.computeIfAbsent(form, _ -> constants.code(form.name(), () -> ByteTileCode.write(form)));
            }
        }
        return made;
    }

    private Shape shape(int band, int panel) {
        return Shape.of(
                firstTile(band + 1) - firstTile(band),
                panels.tiles(panel),
                panels.lastColumns(panel),
                rows.steps().size(),
                areMany() ? Order.PANELS_OUTSIDE : Order.PANELS_INSIDE,
                Section.WHOLE,
                asked(panel),
                0,
                false);
    }

    /// The product, if the tile unit makes it best.
    ///
    /// @param bytes of the left factor's memory, behind which nothing may be read; copied ones have slack
    /// @param signed whether bytes of the left factor have a sign
    static Optional<BandedProduct> of(
            TileProduct.Request request,
            long bytes,
            boolean signed,
            SumResult result,
            PairFactor right,
            Constants constants) {
        if (request.rows().count() < Tiles.ROWS || !right.fitsBytes()) {
            return Optional.empty();
        }
        return ByteRows.of(request, bytes)
                .filter(rows -> waste(request, rows) <= MOST_WASTE)
                .map(rows -> new ByteProduct(request, rows, signed, result, right, constants));
    }

    private static double waste(TileProduct.Request request, ByteRows rows) {
        double done = (double) rows.tiles().count()
                * Tiles.ROWS
                * Math.ceilDiv(request.columns(), Tiles.COLUMNS)
                * Tiles.COLUMNS
                * rows.steps().size()
                * rows.depth();
        double wanted = (double) request.rows().count()
                * request.columns()
                * request.depth().length()
                * Integer.BYTES;
        return done / wanted;
    }

    /// Whether panels come from beyond the second-level cache.
    private boolean areMany() {
        return panels.bytes() >= MANY_WEIGHTS;
    }

    /// Lines of the next panel that a step asks for, so that the blocks of a band ask for all of it: a power of two.
    private int asked(int panel) {
        int blocks = Math.max(1, (firstTile(1) - firstTile(0)) / 2);
        int lines = Math.ceilDiv(panels.tiles(panel) * rows.depth() * Tiles.COLUMNS, LINE * blocks);
        return areMany() ? Integer.highestOneBit(2 * lines - 1) : 0;
    }

    private MemorySegment starts() {
        var tiles = rows.tiles();
        var memory = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, tiles.count());
        for (int tile = 0; tile < tiles.count(); tile++) {
            memory.setAtIndex(ValueLayout.JAVA_LONG, tile, tiles.start(tile));
        }
        return memory;
    }

    @Override
    public int parts() {
        return bands * panelParts;
    }

    /// The first tile of a band: bands are of whole pairs, the larger ones first.
    private int firstTile(int band) {
        int pairs = Math.ceilDiv(rows.tiles().count(), 2);
        return Math.min(rows.tiles().count(), 2 * start(band, pairs, bands));
    }

    private static int start(int index, int count, int parts) {
        return index * (count / parts) + Math.min(index, count % parts);
    }

    @Override
    public int firstRow(int part) {
        return rows.firstRows().get(firstTile(part / panelParts));
    }

    @Override
    public int endRow(int part) {
        return rows.firstRows().get(firstTile(part / panelParts + 1));
    }

    private long bufferAt() {
        return Math.ceilDiv(BlockArgument.operand(operands.count()), LINE) * (long) LINE;
    }

    @Override
    public long scratchBytes() {
        return bufferAt() + SumsOut.BUFFER_BYTES;
    }

    @Override
    public long slackBytes() {
        return (Tiles.ROWS - 1) * rows.tiles().stride();
    }

    @Override
    public boolean takesSigns() {
        return true;
    }

    @Override
    public void tellZeroPoint(Frame frame, ZeroPoint zeroPoint) {
        zeroPoint.tell(frame, BlockArgument.ZERO_POINT);
    }

    @Override
    public void multiply(
            Frame frame, MemorySegment left, long leftShift, MemorySegment output, long columnShift, int part) {
        var scratch = frame.scratch();
        int band = part / panelParts;
        int end = start(part % panelParts + 1, panels.count(), panelParts);
        BlockArgument.LEFT.set(scratch, left.address() + leftShift * Integer.BYTES);
        BlockArgument.STRIDE.set(scratch, rows.tiles().stride());
        BlockArgument.STARTS.set(scratch, starts.address());
        BlockArgument.STEPS.set(scratch, steps.address());
        BlockArgument.STEP_COUNT.set(scratch, rows.steps().size());
        BlockArgument.BUFFER.set(scratch, scratch.address() + bufferAt());
        BlockArgument.OUTPUT_PLACES.set(scratch, places.address());
        BlockArgument.PANEL_BYTES.set(scratch, panels.place(1));
        BlockArgument.ASKED_BYTES.set(scratch, panels.place(1));
        begin.call(0, scratch, 0, 0);
        for (int panel = start(part % panelParts, panels.count(), panelParts); panel < end; ) {
            int next = panel + 1;
            while (next < end && codes[band][next] == codes[band][panel]) {
                next++;
            }
            long column = columnShift + panels.column(panel);
            BlockArgument.PANEL.set(scratch, packed.address() + panels.place(panel));
            BlockArgument.PANELS.set(scratch, next - panel);
            BlockArgument.NEXT.set(scratch, packed.address() + panels.place(next % panels.count()));
            BlockArgument.CORRECTIONS.set(scratch, packed.address() + panels.sumsAt(panel));
            BlockArgument.OUTPUT.set(scratch, output.address() + column * result.bytes());
            operands.set(frame, scratch, BlockArgument.OPERANDS.at(), column, column);
            codes[band][panel].call(0, scratch, firstTile(band), firstTile(band + 1));
            panel = next;
        }
        this.end.call(0, scratch, 0, 0);
    }
}
