package dev.balsa.kernel.amx;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.amx.BlockCode.Order;
import dev.balsa.kernel.amx.BlockCode.Section;
import dev.balsa.kernel.amx.BlockCode.Shape;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.tile.RowProduct;
import dev.balsa.kernel.tile.TileProduct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;

/// A product of rows with a packed factor on the tile unit, prepared.
///
/// Immutable and thread-safe. A part of it is a band of rows by some panels of columns. Whoever makes it splits
/// the band's rows into planes in the worker's scratch memory, with the zeros around an image; all panels then
/// read them from the second-level cache. Within a part the loops are, from the outside: blocks of tiles, panels,
/// depth, or panels first where they come from farther away ([Order]).
final class AmxProduct implements RowProduct {
    private static final int LINE = BlockCode.LINE;
    /// Into how many blocks asking for the next panel is divided, if there are so many.
    private static final int MOST_SHARES = 4;

    private static final int NO_OPERAND = -1;

    private final List<Stage> stages;
    private final OperandAddresses operands;
    private final LeftLayout layout;
    private final AmxPanels panels;
    private final MemorySegment packed;
    private final Bands bands;
    /// The operand that rows are multiplied by, or [#NO_OPERAND].
    private final int factors;
    private final MachineCode split;
    private final MachineCode begin;
    private final MachineCode end;
    /// By band, then by section of depth, then by panel.
    private final MachineCode[][][] codes;
    /// The panel behind the last one of the same code, by panel.
    private final int[] sameEnds;

    private final MemorySegment starts;
    private final MemorySegment places;
    private final MemorySegment steps;
    private final MemorySegment entries;
    /// By band, the first of its entries, and the end of all.
    private final int[] firstEntries;
    /// By band, the first element that is split.
    private final long[] firstElements;

    private final Gathering gathering;
    private final boolean isInPlace;
    /// By band, if rows are read in place, bytes from the left factor's memory to its first tile.
    private final long[] bandPlaces;
    private final boolean rowsFollow;
    private final long planeStep;
    private final long flatStep;
    private final int parts;
    /// Bytes of an element.
    private final int leftBytes;
    private final int resultBytes;

    AmxProduct(
            AmxFamily family,
            TileProduct.Request request,
            TileProduct.Right right,
            Workplace workplace,
            Constants constants) {
        stages = family.stages(request.stages());
        operands = new OperandAddresses(stages);
        parts = family.parts();
        leftBytes = request.left().bytes();
        resultBytes = request.result().bytes();
        bands = Bands.best(family, request, workplace);
        layout = bands.layout();
        panels = new AmxPanels(parts, request.columns(), layout.steps());
        packed = constants.packed(
                right.memory(),
                panels.form() + " of " + right.form(),
                panels.bytes(),
                target -> panels.pack(right, target, constants));
        factors = request.factors().map(TileProduct.Factors::operand).orElse(NO_OPERAND);
        split = constants.code(
                SplitCode.name(parts, request.left(), factors != NO_OPERAND),
                () -> SplitCode.write(parts, request.left(), factors != NO_OPERAND));
        begin = constants.code("amx_begin", AmxTileCode::begin);
        end = constants.code("amx_end", BlockCode::end);
        gathering = Gathering.of(layout, request, parts, constants);
        starts = starts();
        places = layout.tiles().places(request.outputPlaces());
        steps = Arena.ofAuto()
                .allocateFrom(
                        ValueLayout.JAVA_LONG,
                        layout.steps().stream().mapToLong(Step::offset).toArray());
        var conversions = new Conversions(request.left());
        firstEntries = new int[bands.count() + 1];
        firstElements = new long[bands.count()];
        bandPlaces = new long[bands.count()];
        long planes = 0;
        long flat = 0;
        for (int band = 0; band < bands.count(); band++) {
            layout.convert(bands.start(band), bands.start(band + 1), conversions);
            firstEntries[band + 1] = conversions.count();
            firstElements[band] = layout instanceof GatheredRows rows ? rows.first(bands.start(band)) : 0;
            bandPlaces[band] = layout.inPlace(bands.start(band)).orElse(0L);
            planes = Math.max(planes, layout.planeBytes(bands.start(band), bands.start(band + 1)));
            flat = Math.max(flat, layout.flatBytes(bands.start(band), bands.start(band + 1)));
        }
        entries = conversions.toMemory();
        isInPlace = layout.inPlace(0).isPresent();
        rowsFollow = !bands.asksPanels()
                && bands.panelParts() == 1
                && request.columns() % (AmxPanels.WIDTH * Tiles.COLUMNS) == 0
                && request.outputPlaces().isEven(request.columns());
        codes = codes(family, request.result(), constants);
        sameEnds = IntStream.range(0, panels.count()).map(this::sameEnd).toArray();
        planeStep = isInPlace ? Storage.PART_BYTES : apart(planes + GatherCode.SLACK);
        flatStep = flat == 0 ? 0 : apart(flat + GatherCode.SLACK);
    }

    /// An odd number of lines: parts of the same number then fall into different sets of the caches.
    private static long apart(long bytes) {
        return (Math.ceilDiv(bytes, LINE) | 1) * (long) LINE;
    }

    private MachineCode[][][] codes(AmxFamily family, Storage result, Constants constants) {
        var made = new MachineCode[bands.count()][bands.sections()][panels.count()];
        var byForm = new HashMap<AmxTileCode.Form, MachineCode>();
        for (int band = 0; band < bands.count(); band++) {
            for (int section = 0; section < bands.sections(); section++) {
                for (int panel = 0; panel < panels.count(); panel++) {
                    var form = new AmxTileCode.Form(family, shape(band, section, panel), stages, result);
                    made[band][section][panel] = byForm.computeIfAbsent(
                            form, _ -> constants.code(form.name(), () -> AmxTileCode.write(form)));
                }
            }
        }
        return made;
    }

    /// Panels differ in their columns only.
    private int sameEnd(int panel) {
        int end = panel + 1;
        while (end < panels.count()
                && panels.tiles(end) == panels.tiles(panel)
                && panels.lastColumns(end) == panels.lastColumns(panel)) {
            end++;
        }
        return end;
    }

    private Shape shape(int band, int section, int panel) {
        int tiles = bands.start(band + 1) - bands.start(band);
        return Shape.of(
                tiles,
                panels.tiles(panel),
                panels.lastColumns(panel),
                bands.step(section + 1) - bands.step(section),
                bands.asksPanels() ? Order.PANELS_OUTSIDE : Order.PANELS_INSIDE,
                Section.of(section, bands.sections()),
                bands.asksPanels() ? panelLines(tiles, panel) : rowLines(),
                layout instanceof RowsAhead rows ? rows.rowsPerPanel() : 0,
                rowsFollow);
    }

    /// Lines of the next panel that each step asks for.
    private int panelLines(int tiles, int panel) {
        int lines = parts * panels.tiles(panel) * Tiles.ROWS;
        return Math.ceilDiv(lines, Math.min(Math.ceilDiv(tiles, 2), MOST_SHARES));
    }

    /// Lines of the next block's rows that each step asks for, where these follow each other in place.
    private int rowLines() {
        if (!isInPlace || layout.tiles().stride() != layout.reach()) {
            return 0;
        }
        long lines = 2 * Tiles.ROWS * layout.reach() / LINE;
        int steps = layout.steps().size() / bands.sections() * Math.ceilDiv(panels.count(), bands.panelParts());
        return Math.toIntExact(Math.ceilDiv(lines, steps));
    }

    /// For each tile, where it begins in its band.
    private MemorySegment starts() {
        var tiles = layout.tiles();
        var starts = new long[Math.max(1, tiles.count())];
        for (int band = 0; band < bands.count(); band++) {
            long first = tiles.start(bands.start(band));
            for (int tile = bands.start(band); tile < bands.start(band + 1); tile++) {
                starts[tile] = layout instanceof RowsAhead rows
                        ? rows.start(tile - bands.start(band))
                        : tiles.start(tile) - first;
            }
        }
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, starts);
    }

    @Override
    public int parts() {
        return bands.count() * bands.panelParts();
    }

    private long argumentBytes() {
        int most = Math.max(BlockArgument.operand(operands.count()), Gathering.argumentBytes());
        return Math.ceilDiv(most, LINE) * (long) LINE;
    }

    private long sumsAt() {
        return argumentBytes() + SumsOut.BUFFER_BYTES;
    }

    /// Memory for the sums of a band between sections.
    private long sumBytes() {
        if (bands.sections() == 1) {
            return 0;
        }
        long most = 0;
        for (int band = 0; band < bands.count(); band++) {
            most = Math.max(most, bands.start(band + 1) - bands.start(band));
        }
        return most * panels.count() * AmxPanels.WIDTH * Tiles.BYTES;
    }

    private long planesAt() {
        return sumsAt() + sumBytes();
    }

    @Override
    public long scratchBytes() {
        return isInPlace ? planesAt() : planesAt() + (planeStep + flatStep) * parts;
    }

    @Override
    public void multiply(
            Frame frame, MemorySegment left, long leftShift, MemorySegment result, long columnShift, int from, int to) {
        begin.call(0, frame.scratch(), 0, 0);
        long memory = left.address() + leftShift * leftBytes;
        int readyBand = -1;
        for (int part = from; part < to; part++) {
            int band = part / bands.panelParts();
            if (band != readyBand && !isInPlace) {
                split(frame, memory, band);
            }
            readyBand = band;
            BlockArgument.LEFT.set(
                    frame.scratch(),
                    isInPlace ? memory + bandPlaces[band] : frame.scratch().address() + planesAt());
            if (layout instanceof RowsAhead rows) {
                BlockArgument.SOURCE.set(frame.scratch(), memory + rows.secondBlock(bands.start(band)));
                BlockArgument.SOURCE_STRIDE.set(frame.scratch(), rows.sourceStride());
                BlockArgument.SOURCE_ROWS.set(
                        frame.scratch(), rows.rowsBehind(bands.start(band), bands.start(band + 1)));
            }
            int panelPart = part % bands.panelParts();
            for (int section = 0; section < bands.sections(); section++) {
                multiply(frame, result, columnShift, band, section, start(panelPart), start(panelPart + 1));
            }
        }
        end.call(0, frame.scratch(), 0, 0);
    }

    private void multiply(
            Frame frame, MemorySegment result, long columnShift, int band, int section, int from, int to) {
        for (int panel = from; panel < to; ) {
            int end = Math.min(to, sameEnds[panel]);
            int nextSection = end < to ? section : (section + 1) % bands.sections();
            int nextPanel = end < to ? end : nextSection > 0 ? from : to % panels.count();
            BlockArgument.NEXT.set(frame.scratch(), place(nextPanel, nextSection));
            multiply(frame, result, columnShift, band, section, panel, end, from);
            panel = end;
        }
    }

    /// Where a section of a panel lies.
    private long place(int panel, int section) {
        return packed.address()
                + panels.place(panel)
                + (long) bands.step(section) * parts * panels.tiles(panel) * Tiles.BYTES;
    }

    /// The first panel of a part of about equal ones; the larger ones come first.
    private int start(int panelPart) {
        int count = panels.count();
        int among = bands.panelParts();
        return panelPart * (count / among) + Math.min(panelPart, count % among);
    }

    private void split(Frame frame, long left, int band) {
        var scratch = frame.scratch();
        var tiles = layout.tiles();
        long planes = scratch.address() + planesAt();
        long flat = planes + planeStep * parts;
        SplitCode.Argument.SOURCE.set(scratch, left);
        SplitCode.Argument.TARGET.set(scratch, gathering.isNeeded() ? flat : planes);
        SplitCode.Argument.PLANE_STEP.set(scratch, gathering.isNeeded() ? flatStep : planeStep);
        SplitCode.Argument.ENTRIES.set(scratch, entries.address());
        SplitCode.Argument.CELL_STEP.set(scratch, layout.cellStep());
        if (factors != NO_OPERAND) {
            SplitCode.Argument.FACTORS.set(scratch, frame.operand(factors).address());
        }
        split.call(0, scratch, firstEntries[band], firstEntries[band + 1]);
        if (gathering.isNeeded()) {
            gathering.run(
                    scratch,
                    flat,
                    flatStep,
                    firstElements[band],
                    planes,
                    planeStep,
                    tiles.stride(),
                    tiles.firstRow(bands.start(band)),
                    tiles.endRow(bands.start(band + 1) - 1));
        }
    }

    private void multiply(
            Frame frame,
            MemorySegment result,
            long columnShift,
            int band,
            int section,
            int panel,
            int end,
            int firstPanel) {
        var scratch = frame.scratch();
        long column = columnShift + panels.column(panel);
        int tiles = bands.start(band + 1) - bands.start(band);
        int stepCount = bands.step(section + 1) - bands.step(section);
        long kept = (long) (panel - firstPanel) * AmxPanels.WIDTH * tiles * Tiles.BYTES;
        BlockArgument.PLANE_STEP.set(scratch, planeStep);
        BlockArgument.STRIDE.set(scratch, layout.tiles().stride());
        BlockArgument.STARTS.set(scratch, starts.address());
        BlockArgument.STEPS.set(scratch, steps.address() + (long) bands.step(section) * Long.BYTES);
        BlockArgument.STEP_COUNT.set(scratch, stepCount);
        BlockArgument.PANEL.set(scratch, place(panel, section));
        BlockArgument.PANEL_BYTES.set(scratch, panels.place(1));
        BlockArgument.PANELS.set(scratch, end - panel);
        BlockArgument.ASKED_BYTES.set(
                scratch,
                bands.asksPanels()
                        ? (long) stepCount * parts * panels.tiles(panel) * Tiles.BYTES
                        : 2 * Tiles.ROWS * layout.tiles().stride());
        BlockArgument.SECTION_SUMS.set(scratch, scratch.address() + sumsAt() + kept);
        BlockArgument.BUFFER.set(scratch, scratch.address() + argumentBytes());
        BlockArgument.OUTPUT.set(scratch, result.address() + column * resultBytes);
        BlockArgument.OUTPUT_PLACES.set(scratch, places.address());
        operands.set(frame, scratch, BlockArgument.OPERANDS.at(), column, column);
        codes[band][section][panel].call(0, scratch, bands.start(band), bands.start(band + 1));
    }
}
