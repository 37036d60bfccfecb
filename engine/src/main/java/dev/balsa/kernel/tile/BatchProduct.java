package dev.balsa.kernel.tile;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.tensor.Precision;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Products of matrices, batch after batch, prepared: `out[b][r][c] = epilogue(sum over d of left[b][r][d] *
/// right[b][d][c])`, with `out` dense.
///
/// Immutable and thread-safe. A part of it is a range of batches, of rows and of panels of columns; parts are
/// independent. Within a part the loops are, from the outside: batches, a few panels at a time, blocks of depth,
/// these panels, tiles of rows. So a block of the left factor's rows stays in the second-level cache while panels
/// go by, and a block of a panel in the first-level cache while rows go by. The right factor comes to the tiles
/// in one of three ways: packed once, where it is constant and the same for all batches (if it is not packed as
/// floats, and there are many rows, block by block of it becomes floats in the memory of the worker); where it
/// lies, if there are few rows to make use of a packed one; packed block by block in the memory of the worker
/// otherwise, which stays in the first-level cache for all rows of the part.
public final class BatchProduct {
    /// Steps of depth of a block; see [TileProduct].
    private static final int BLOCK = 256;
    private static final int LONGEST_BLOCK = 1 << 20;
    /// Memory of a block of the left factor that stays in a second-level cache of 512 KB beside panels and sums.
    private static final long CACHED = 200L << 10;
    /// Panels that take turns for a block of the left factor; their sums wait meanwhile.
    private static final int TOGETHER = 6;
    private static final int LEAST_ROWS = 24;
    /// Bounds the tables of places and the sums that wait.
    private static final int MOST_ROWS = 480;
    /// Rows for which packing a panel does not pay.
    private static final int FEW_ROWS = 12;
    /// Rows of a part for which it does not pay to make floats of packed weights first: on a Zen 3, with three
    /// bytes, 24 rows took as long either way, and 36 a sixth longer without.
    private static final int FEW_NARROW_ROWS = 24;
    /// Rows that a weight must be used for until computing takes longer than fetching it.
    private static final int BALANCED_ROWS = 8;
    /// Multiply-adds of some microseconds: less is not worth a turn of the workers.
    private static final long LEAST_SHARED = 1 << 18;
    private static final long LEAST_STEPS = 1 << 16;
    private static final int ENOUGH_PARTS = 48;
    private static final int LINE = 64;

    /// How the matrices of a factor lie: element (i, j) of batch `b` at element
    /// `offsets[b] + i * rowStep + j * columnStep` of its memory. One of the steps is 1.
    public record Factor(List<Long> offsets, long rowStep, long columnStep) {
        /// Copies the list.
        public Factor {
            offsets = List.copyOf(offsets);
        }
    }

    /// What a product is made of; all numbers are at least 1.
    ///
    /// @param m rows of the result
    /// @param n columns of the result
    /// @param k length of the sums
    /// @param right with as many batches as `left`
    /// @param stages what is done to each element; operands with [Stage.Spread#FULL] lie like the result
    public record Request(int m, int n, int k, Factor left, Factor right, List<Stage> stages) {
        /// Copies the list.
        public Request {
            stages = List.copyOf(stages);
        }

        int batch() {
            return left.offsets.size();
        }

        long leftStep() {
            return k == 1 ? 1 : left.columnStep;
        }

        boolean hasRightRows() {
            return n == 1 || right.columnStep == 1;
        }
    }

    /// A constant right factor, the same for all batches.
    ///
    /// @param memory where its elements are
    /// @param factor what all are multiplied by
    /// @param weights how they are stored when they are packed
    public record Constant(MemorySegment memory, float factor, PanelWeights weights) {}

    private final VectorUnit unit;
    private final Request request;
    private final long[] leftOffsets;
    private final long[] rightOffsets;
    private final OperandAddresses operands;
    private final Optional<MemorySegment> packed;
    private final PanelWeights weights;
    /// Makes floats of packed weights, where so many rows read them that this is worth it.
    private final Optional<MachineCode> widening;
    private final boolean readsInPlace;
    private final Panels panels;
    private final Optional<PanelPacker> packer;
    private final TileRoutines routines;
    private final RowPlaces leftPlaces;
    private final RowPlaces outputPlaces;
    private final int block;
    private final int blocks;
    private final List<SegmentTable> segments;
    private final int batchParts;
    private final int rowParts;
    private final int panelParts;
    /// Of a block of a panel that is packed or made floats for the tiles.
    private final long panelBytes;
    /// Of one panel.
    private final long partialBytes;
    private final int together;

    /// Whether a product can be done: its stages can be part of the tile, and places can be told.
    public static boolean supports(VectorUnit unit, Request request) {
        return StageCode.knows(request.stages)
                && request.batch() > 0
                && request.m > 0
                && request.n > 0
                && request.k > 0
                && RowPlaces.fits((double) rowsOfPart(request) * request.left.rowStep)
                && RowPlaces.fits((double) rowsOfPart(request) * request.n)
                && (double) request.batch()
                                * Math.ceilDiv(request.m, LEAST_ROWS)
                                * Math.ceilDiv(request.n, unit.lanes())
                        <= Integer.MAX_VALUE;
    }

    /// Prepares a product; has code written where it is new.
    ///
    /// @param precision where it is [Precision#EXACT], sums are split as far as factors are dense, so that their
    ///     errors are those of short sums
    /// @param constant is packed, if it is there; see [#packs]
    public BatchProduct(
            VectorUnit unit, Request request, Precision precision, Optional<Constant> constant, Constants constants) {
        this.unit = unit;
        this.request = request;
        leftOffsets = offsets(request.left);
        rightOffsets = offsets(request.right);
        operands = new OperandAddresses(request.stages);
        packed = constant.map(given -> packed(given, constants));
        weights = constant.map(Constant::weights).orElse(PanelWeights.FLOATS);
        readsInPlace =
                packed.isEmpty() && request.hasRightRows() && (request.m <= FEW_ROWS || request.n < unit.lanes());
        int fewRows = Math.ceilDiv(request.m, Math.ceilDiv(request.m, TileShape.mostRows(unit, 1)));
        panels = readsInPlace
                ? new Panels(unit, request.n, request.k, TileShape.mostVectors(unit, fewRows))
                : usualPanels(unit, request);
        packer = packsBlocks()
                ? Optional.of(new PanelPacker(
                        unit,
                        panels,
                        request.k,
                        request.right.rowStep,
                        request.hasRightRows() ? 1 : request.right.columnStep,
                        constants))
                : Optional.empty();
        long cost = (long) request.batch() * Math.max(request.m, BALANCED_ROWS) * request.n * request.k;
        long wanted = cost < LEAST_SHARED ? 1 : Math.min(ENOUGH_PARTS, cost / LEAST_STEPS);
        batchParts = (int) Math.min(request.batch(), Math.max(1, wanted));
        int fewest = Math.ceilDiv(request.m, rowsOfPart(request));
        long missing = Math.ceilDiv(wanted, (long) batchParts * panels.count());
        rowParts = Math.clamp(missing, fewest, Math.max(fewest, request.m / LEAST_ROWS));
        panelParts = Math.clamp(wanted / ((long) batchParts * rowParts), 1, panels.count());
        int most = Math.ceilDiv(request.m, rowParts);
        long step = request.leftStep();
        widening = weights != PanelWeights.FLOATS && most > FEW_NARROW_ROWS
                ? Optional.of(
                        constants.code(PanelWidenCode.name(unit, weights), () -> PanelWidenCode.write(unit, weights)))
                : Optional.empty();
        var tileWeights = widening.isPresent() ? PanelWeights.FLOATS : weights;
        var form = TileForm.of(readsInPlace, step != 1, tileWeights, precision == Precision.EXACT);
        routines = new TileRoutines(unit, panels, form, request.stages, constants);
        routines.write(most);
        routines.write(request.m / rowParts);
        leftPlaces = RowPlaces.even(most, request.left.rowStep);
        outputPlaces = RowPlaces.even(most, request.n);
        // What no second tile reads need not stay in the cache.
        boolean readsOnce = (packed.isPresent() || readsInPlace) && most <= TileShape.mostRows(unit, panels.vectors(0));
        block = readsOnce ? LONGEST_BLOCK : BLOCK;
        blocks = Math.ceilDiv(request.k, block);
        segments = segments(request.k, block, step, form.splits());
        panelBytes = packsBlocks() || widening.isPresent() ? panels.mostBytes(Math.min(block, request.k)) : 0;
        partialBytes = blocks == 1 ? 0 : panels.mostBytes(most);
        together = Math.min(TOGETHER, Math.ceilDiv(panels.count(), panelParts));
    }

    private static long[] offsets(Factor factor) {
        return factor.offsets.stream().mapToLong(Long::longValue).toArray();
    }

    private static Panels usualPanels(VectorUnit unit, Request request) {
        return new Panels(unit, request.n, request.k);
    }

    private MemorySegment packed(Constant constant, Constants constants) {
        var right = new TileProduct.Right(
                constant.memory,
                List.of(request.right.offsets.getFirst()),
                request.k,
                request.right.rowStep,
                request.right.columnStep,
                constant.factor);
        return TileProduct.packed(unit, usualPanels(unit, request), right, constant.weights, constants);
    }

    private static int rowsOfPart(Request request) {
        long cached = CACHED / (Math.min(request.k, BLOCK) * (long) Float.BYTES);
        return Math.toIntExact(Math.min(request.m, Math.clamp(cached, LEAST_ROWS, MOST_ROWS)));
    }

    /// A table per block.
    private static List<SegmentTable> segments(int depth, int block, long step, boolean splits) {
        var tables = new ArrayList<SegmentTable>();
        for (int done = 0; done < depth; done += block) {
            var segment = new Depth.Segment(done * step, Math.min(block, depth - done));
            tables.add(SegmentTable.of(new Depth(List.of(segment)), splits));
        }
        return tables;
    }

    /// Whether the packed form of a constant right factor does not take many times its memory, as that of a few
    /// long columns would.
    public static boolean packs(VectorUnit unit, int columns, int depth) {
        return TileProduct.isPackedWell(unit, columns, depth);
    }

    /// The number of parts, which can be made in any order.
    public int parts() {
        return batchParts * rowParts * panelParts;
    }

    private boolean packsBlocks() {
        return packed.isEmpty() && !readsInPlace;
    }

    private long panelAt() {
        return Math.ceilDiv(TileArgument.operand(operands.count()), LINE) * (long) LINE;
    }

    private long partialAt() {
        return panelAt() + panelBytes;
    }

    /// Bytes of scratch memory that [#multiply] needs.
    public long scratchBytes() {
        return partialAt() + together * partialBytes;
    }

    /// Makes a part of the result.
    ///
    /// @param left the left factor's memory
    /// @param right the right factor's memory
    /// @param result the result's memory
    public void multiply(Frame frame, MemorySegment left, MemorySegment right, MemorySegment result, int part) {
        int panelPart = part % panelParts;
        int rowPart = part / panelParts % rowParts;
        int batchPart = part / panelParts / rowParts;
        int firstRow = Parts.start(rowPart, request.m, rowParts);
        int rows = Parts.start(rowPart + 1, request.m, rowParts) - firstRow;
        int endPanel = Parts.start(panelPart + 1, panels.count(), panelParts);
        int endBatch = Parts.start(batchPart + 1, request.batch(), batchParts);
        var scratch = frame.scratch();
        TileArgument.OUTPUT_PLACES.set(scratch, outputPlaces.address());
        TileArgument.PANEL_ROW.set(scratch, request.right.rowStep * Float.BYTES);
        TileArgument.LEFT_STEP.set(scratch, request.leftStep() * Float.BYTES);
        for (int batch = Parts.start(batchPart, request.batch(), batchParts); batch < endBatch; batch++) {
            long from = left.address() + (leftOffsets[batch] + firstRow * request.left.rowStep) * Float.BYTES;
            long source = right.address() + rightOffsets[batch] * Float.BYTES;
            long row = ((long) batch * request.m + firstRow) * request.n;
            for (int panel = Parts.start(panelPart, panels.count(), panelParts); panel < endPanel; panel += together) {
                int end = Math.min(endPanel, panel + together);
                for (int i = 0; i < blocks; i++) {
                    for (int each = panel; each < end; each++) {
                        long column = panels.column(each);
                        TileArgument.OUTPUT.set(scratch, result.address() + (row + column) * Float.BYTES);
                        operands.set(frame, scratch, TileArgument.OPERANDS.at(), row + column, column);
                        TileArgument.PARTIAL.set(
                                scratch, scratch.address() + partialAt() + (each - panel) * partialBytes);
                        announce(scratch, i, each, panel, end, rows);
                        multiply(scratch, from, source, i, each, rows);
                    }
                }
            }
        }
    }

    private void multiply(MemorySegment scratch, long left, long right, int index, int panel, int rows) {
        int done = index * block;
        // Packing overwrites the first arguments.
        long place = panel(scratch, right, panel, done, Math.min(block, request.k - done));
        TileArgument.LEFT.set(scratch, left);
        TileArgument.ROW_PLACES.set(scratch, leftPlaces.address());
        TileArgument.PANEL.set(scratch, place);
        TileArgument.SEGMENTS.set(scratch, segments.get(index).memory().address());
        TileArgument.SEGMENT_COUNT.set(scratch, segments.get(index).count());
        TileArgument.IS_FIRST.set(scratch, index == 0 ? 1 : 0);
        TileArgument.IS_LAST.set(scratch, index == blocks - 1 ? 1 : 0);
        routines.run(scratch, panel, 0, rows);
    }

    /// Has the tiles of a panel ask for the block that follows: that of the next panel, or of the first one's next.
    private void announce(MemorySegment scratch, int index, int panel, int first, int end, int rows) {
        long place = scratch.address();
        long bytes = 0;
        boolean isLast = panel == end - 1;
        if (packed.isPresent() && rows > LEAST_ROWS && !(isLast && index == blocks - 1)) {
            int next = isLast ? first : panel + 1;
            int row = (isLast ? index + 1 : index) * block;
            long from = place(next, row);
            bytes = place(next, Math.min(row + block, request.k)) - from;
            place = packed.get().address() + from;
        }
        routines.ask(scratch, panel, rows, segments.get(index).rounds(), place, bytes);
    }

    /// Where packed weights now are floats.
    private long widened(MemorySegment scratch, long stored, int vectors) {
        long target = scratch.address() + panelAt();
        PanelWidenCode.Argument.SOURCE.set(scratch, stored);
        PanelWidenCode.Argument.TARGET.set(scratch, target);
        widening.orElseThrow().call(0, scratch, 0, vectors);
        return target;
    }

    /// Where a row of a packed panel lies, in bytes.
    private long place(int panel, int row) {
        return weights.ofFloatBytes(panels.place(panel, row));
    }

    /// Where the rows of a panel that a block needs are, or now are.
    private long panel(MemorySegment scratch, long source, int panel, int firstRow, int rows) {
        if (packed.isPresent()) {
            long stored = packed.get().address() + place(panel, firstRow);
            return widening.isPresent() ? widened(scratch, stored, rows * panels.vectors(panel)) : stored;
        }
        long from = source + firstRow * request.right.rowStep * Float.BYTES;
        if (readsInPlace) {
            return from + (long) panels.column(panel) * Float.BYTES;
        }
        packer.orElseThrow().pack(panel, from, rows, scratch, scratch.address() + panelAt());
        return scratch.address() + panelAt();
    }
}
