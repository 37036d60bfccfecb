package dev.balsa.kernel.tile;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.code.OperandAddresses;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.tensor.Precision;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A product of rows with packed panels, prepared: `out[r][c] = epilogue(sum over d of left[r][d] * right[d][c])`.
///
/// Immutable and thread-safe. A part of it is a range of rows by a range of panels; parts are independent. Within
/// a part the loops are, from the outside, one of these:
///
/// - groups of panels, tiles of rows, panels, where the depth is short: the panels of a group stay in the
/// second-level cache, and the rows come from memory once per group;
/// - panels, blocks of depth, tiles of rows: a block of a panel stays in the second-level cache while all rows of
/// the part go by, as do the rows' own blocks, and the next one comes from memory meanwhile.
public final class TileProduct implements RowProduct, BandedProduct {
    /// The most steps of depth of a block, measured: those of a panel of two vectors take 48 KB of a second-level
    /// cache. A block that fits in the first-level cache brings less from there; but tiles that begin and end more
    /// often cost more than that.
    private static final int BLOCK = 768;
    /// What the steps of blocks are a multiple of, where there are several; it keeps rounds whole.
    private static final int GRAIN = 64;
    /// Memory of a block of the left factor's rows that stays in a second-level cache of 512 KB beside a panel's
    /// and the next one's.
    private static final long CACHED = 384L << 10;
    /// Memory of panels that stays there beside a few rows.
    private static final long CACHED_PANELS = 256L << 10;
    /// Rows so deep, six of them, take most of a first-level cache of 32 KB.
    static final int SHORT_DEPTH = 1024;
    private static final int NONE = -1;
    private static final double MOST_PACKING = 4;
    private static final double FEW_PACKED = 1 << 22;
    /// Parts that are enough to keep several workers busy to about the same end.
    public static final int ENOUGH_PARTS = 48;

    /// Multiply-adds of a part that take some ten microseconds, many times what a call and a turn of workers take.
    private static final long LEAST_STEPS = 1 << 19;
    /// Multiply-adds that take about a microsecond: a part of fewer takes longer to begin than to do.
    private static final double LEAST_PART = 1 << 15;

    private record Block(SegmentTable segments, int firstRow, int rows) {}

    private final VectorUnit unit;
    private final int columns;
    private final Panels panels;
    private final MemorySegment packed;
    private final RowPlaces rows;
    private final RowPlaces outputPlaces;
    private final List<Stage> stages;
    private final OperandAddresses operands;
    private final List<Block> blocks;
    private final int rowParts;
    private final int panelParts;
    private final long partialBytes;
    private final long rowBytes;
    private final TileForm form;
    private final Optional<QuadFactor> quads;
    private final TileRoutines routines;

    /// What a product is made of.
    ///
    /// @param rows where the left factor's rows are seen from the start of its memory
    /// @param depth what they hold, at least one element
    /// @param rowBytes how much memory a further row brings into the cache
    /// @param columns of the result, at least 1
    /// @param stages what is done to each element; operands with [Spread#FULL] have rows at the result's places
    /// @param outputPlaces where the result's rows are
    /// @param parts that are enough, as far as memory is concerned
    /// @param mostRows of a part, at least 1
    /// @param sight how what the rows see comes from the left factor's memory. Only a family that
    ///     [ProductFamily#seesThroughPadding] looks at it; to others the memory must be as the rows see it
    /// @param left how the left factor is stored; all segments of depth are whole chunks where it is in parts
    /// @param result how the result is stored
    /// @param factors what rows of the left factor are multiplied by, element by element, before the product.
    ///     Only for families that [ProductFamily#takesFactors]
    public record Request(
            RowPlaces rows,
            Depth depth,
            long rowBytes,
            int columns,
            List<Stage> stages,
            RowPlaces outputPlaces,
            int parts,
            int mostRows,
            Sight sight,
            Storage left,
            Storage result,
            Optional<Factors> factors) {
        /// Copies the stages.
        public Request {
            stages = List.copyOf(stages);
        }

        /// A product of floats.
        public Request(
                RowPlaces rows,
                Depth depth,
                long rowBytes,
                int columns,
                List<Stage> stages,
                RowPlaces outputPlaces,
                int parts,
                int mostRows,
                Sight sight) {
            this(
                    rows,
                    depth,
                    rowBytes,
                    columns,
                    stages,
                    outputPlaces,
                    parts,
                    mostRows,
                    sight,
                    Storage.FLOATS,
                    Storage.FLOATS,
                    Optional.empty());
        }

        /// A product of floats whose rows see the left factor's memory as it is, and whose parts may have any number
        /// of them.
        public Request(
                RowPlaces rows,
                Depth depth,
                long rowBytes,
                int columns,
                List<Stage> stages,
                RowPlaces outputPlaces,
                int parts) {
            this(rows, depth, rowBytes, columns, stages, outputPlaces, parts, Integer.MAX_VALUE, Sight.PLAIN);
        }
    }

    /// Rows of floats, as long as the depth, of which each is for some rows of a left factor.
    ///
    /// @param operand of the frame: these rows, one after the other
    /// @param rows of the left factor, in order, that each is for
    public record Factors(int operand, int rows) {}

    /// A constant right factor. Its rows come in runs, all equally long: the element in row `d` and column `c`
    /// lies at element `runs[d / run] + d % run * rowStep + c * columnStep`.
    ///
    /// @param memory where the elements are
    /// @param runs where each run begins
    /// @param run rows of a run
    /// @param rowStep elements from a row to the next of its run
    /// @param columnStep elements from a column to the next
    /// @param factor what all elements are multiplied by
    public record Right(MemorySegment memory, List<Long> runs, int run, long rowStep, long columnStep, float factor) {
        /// Copies the list.
        public Right {
            runs = List.copyOf(runs);
        }

        /// Names everything but the memory, for the packed form's key.
        public String form() {
            return runs + " " + run + " " + rowStep + " " + columnStep + " " + factor;
        }

        /// The run that begins first.
        Long first() {
            return runs.stream().min(Long::compare).orElseThrow();
        }
    }

    /// Prepares a product in tiles of the usual shape.
    ///
    /// @param precision where it is [Precision#EXACT], sums are split, so that their errors are those of short sums
    public static TileProduct of(
            VectorUnit unit, Precision precision, Request request, Right right, Constants constants) {
        return of(unit, TileShape.usual(unit), precision, request, right, constants);
    }

    /// Prepares a product; packs the right factor through `constants`, and has code written where it is new.
    static TileProduct of(
            VectorUnit unit, TileShape shape, Precision precision, Request request, Right right, Constants constants) {
        boolean splits = precision == Precision.EXACT;
        var panels = new Panels(unit, request.columns(), request.depth().length(), shape.vectors());
        var packed = packed(unit, panels, right, constants);
        return new TileProduct(unit, panels, request, Optional.empty(), Optional.empty(), splits, packed, constants);
    }

    /// A constant right factor, packed once for all products with it.
    static MemorySegment packed(VectorUnit unit, Panels panels, Right right, Constants constants) {
        return constants.packed(
                right.memory(),
                panels.form() + " of " + right.form(),
                panels.bytes(),
                target -> FactorPacking.pack(unit, panels, right, target, constants));
    }

    /// The same with other weights than floats.
    static MemorySegment packed(
            VectorUnit unit, Panels panels, Right right, PanelWeights weights, Constants constants) {
        if (weights == PanelWeights.FLOATS) {
            return packed(unit, panels, right, constants);
        }
        return constants.packed(
                right.memory(),
                weights.type() + " in " + panels.form() + " of " + right.form(),
                weights.packedBytes(panels.bytes()),
                target -> constants.onTheWay(panels.bytes(), floats -> {
                    FactorPacking.pack(unit, panels, right, floats, constants);
                    weights.pack(floats, target);
                }));
    }

    /// Bytes of a packed right factor in the usual shape.
    public static long packedBytes(VectorUnit unit, int columns, int depth) {
        return new Panels(unit, columns, depth).bytes();
    }

    /// Names the form of a packed right factor in the usual shape; equal names are equal forms.
    public static String packedForm(VectorUnit unit, int columns, int depth) {
        return new Panels(unit, columns, depth).form();
    }

    /// Prepares a product of integers: of pairs, side by side in 32 bits, which take the place of elements in all
    /// places and lengths of the request; has code written where it is new. The left factor's memory is as the rows
    /// see it: pairs of 16-bit integers.
    ///
    /// @param request whose depth is as many pairs as the right factor has
    public static TileProduct ofPairs(
            VectorUnit unit, Request request, SumResult result, PairFactor right, Constants constants) {
        var panels = new Panels(unit, request.columns(), right.pairs());
        var packed = constants.packed(
                right.memory(),
                "pairs in " + panels.form() + " of " + right.form(),
                panels.bytes(),
                target -> right.pack(unit, panels, target, constants));
        return new TileProduct(unit, panels, request, Optional.of(result), Optional.empty(), false, packed, constants);
    }

    /// Prepares a product of integers: of quads of bytes, side by side in 32 bits, which take the place of elements
    /// in all places and lengths of the request; has code written where it is new. The left factor's memory is as
    /// the rows see it: integers without sign, whose zero point is told before products ([#tellZeroPoint]).
    ///
    /// @param request whose depth is as many quads as the right factor has, each run of it filled up
    /// @return nothing if it is better done by pairs
    public static Optional<TileProduct> ofQuads(
            IntegerUnit unit, Request request, SumResult result, PairFactor right, Constants constants) {
        return QuadFactor.of(right, unit, request.depth(), request.rows().count())
                .map(quads -> {
                    var packed = constants.packed(right.memory(), quads.form(), quads.bytes(), quads::pack);
                    return new TileProduct(
                            unit.vectors(),
                            quads.panels(),
                            request,
                            Optional.of(result),
                            Optional.of(quads),
                            false,
                            packed,
                            constants);
                });
    }

    @Override
    public void tellZeroPoint(Frame frame, ZeroPoint zeroPoint) {
        zeroPoint.tell(frame, TileArgument.ZERO_POINT);
    }

    /// Prepares a product with a right factor packed in the usual shape; has code written where it is new.
    ///
    /// @param packed kept by the caller as long as the product
    public TileProduct(VectorUnit unit, Request request, MemorySegment packed, Constants constants) {
        this(
                unit,
                new Panels(unit, request.columns(), request.depth().length()),
                request,
                Optional.empty(),
                Optional.empty(),
                false,
                packed,
                constants);
    }

    private TileProduct(
            VectorUnit unit,
            Panels panels,
            Request request,
            Optional<SumResult> integers,
            Optional<QuadFactor> quads,
            boolean splits,
            MemorySegment packed,
            Constants constants) {
        this.unit = unit;
        this.quads = quads;
        this.packed = packed;
        columns = request.columns();
        rows = request.rows();
        rowBytes = request.rowBytes();
        outputPlaces = request.outputPlaces();
        stages = request.stages();
        operands = new OperandAddresses(stages);
        this.panels = panels;
        var limits = PartLimits.of(unit, integers.isPresent());
        form = integers.map(result -> quads.map(factor -> TileForm.ofQuads(factor.arithmetic(), result))
                        .orElseGet(() -> new TileForm(order(request, limits, true), result)))
                .orElseGet(() -> new TileForm(order(request, limits, false), splits));
        int firstRow = 0;
        blocks = new ArrayList<>();
        for (var block : request.depth().blocks(block(request.depth().length(), form.goesOverPanels()))) {
            blocks.add(new Block(SegmentTable.of(block, form.splits()), firstRow, block.length()));
            firstRow += block.length();
        }
        int count = rows.count();
        int most = rowsOfPart(request, limits);
        rowParts = Math.ceilDiv(count, most);
        long steps = (long) count * columns * request.depth().length();
        long wanted = rowParts == 0 ? 1 : Math.min(request.parts(), steps / LEAST_STEPS) / rowParts;
        panelParts = Math.clamp(wanted, 1, panels.count());
        partialBytes = blocks.size() == 1 ? 0 : panels.mostBytes(most);
        routines = new TileRoutines(unit, panels, form, stages, constants);
        if (count > 0) {
            routines.write(Math.ceilDiv(count, rowParts));
            routines.write(count / rowParts);
        }
    }

    private TileProduct(TileProduct other, MemorySegment packed) {
        this.packed = packed;
        unit = other.unit;
        columns = other.columns;
        rows = other.rows;
        rowBytes = other.rowBytes;
        outputPlaces = other.outputPlaces;
        stages = other.stages;
        operands = other.operands;
        panels = other.panels;
        form = other.form;
        quads = other.quads;
        blocks = other.blocks;
        rowParts = other.rowParts;
        panelParts = other.panelParts;
        partialBytes = other.partialBytes;
        routines = other.routines;
    }

    /// The same product with another packed factor, kept by the caller as long as the product.
    public TileProduct with(MemorySegment otherPacked) {
        return new TileProduct(this, otherPacked);
    }

    /// @param isNear whether the left factor's rows are in a cache
    private static TileForm.Order order(Request request, PartLimits limits, boolean isNear) {
        int depth = request.depth().length();
        if (!limits.goesOverPanels(request.rows().count(), depth, request.columns())) {
            return TileForm.Order.ROWS;
        }
        boolean isDense = !isNear
                && request.rowBytes() == (long) depth * Float.BYTES
                && request.rows().isEven(depth);
        return isDense ? TileForm.Order.PANELS_AHEAD : TileForm.Order.PANELS;
    }

    /// The steps of depth of all blocks but the last, which has no more.
    static int block(long depth, boolean goesOverPanels) {
        long blocks = Math.ceilDiv(depth, BLOCK);
        return goesOverPanels || blocks <= 1
                ? Math.toIntExact(Math.max(1, depth))
                : Math.toIntExact(Math.ceilDiv(depth, blocks * GRAIN) * GRAIN);
    }

    /// Rows of a part, so that what its rows and its columns bring into the cache is about equally much, which
    /// makes the sum over all parts least.
    private int rowsOfPart(Request request, PartLimits limits) {
        int count = request.rows().count();
        double depth = request.depth().length();
        double perPart = Math.max((double) count * columns / Math.max(1, request.parts()), LEAST_PART / depth);
        double columnBytes = depth * Float.BYTES;
        int narrow = Math.min(columns, 2 * unit.lanes());
        double wide = Math.clamp(Math.sqrt(perPart * request.rowBytes() / columnBytes), narrow, columns);
        long block = Math.min(request.rowBytes(), (long) block(request.depth().length(), false) * Float.BYTES);
        long most = form.goesOverPanels() ? Integer.MAX_VALUE : CACHED / block;
        return Math.min(request.mostRows(), limits.rows(count, perPart / wide, most));
    }

    /// Whether a product can be done: the stages can be part of the tile, and the packed form of the right factor
    /// does not take many times its memory, as that of a few long columns would.
    public static boolean supports(VectorUnit unit, int columns, long depth, List<Stage> stages) {
        return StageCode.knows(stages) && depth <= Integer.MAX_VALUE && isPackedWell(unit, columns, depth);
    }

    /// Whether the packed form of a right factor does not take many times its memory.
    static boolean isPackedWell(VectorUnit unit, int columns, long depth) {
        double packedColumns = (double) Math.ceilDiv(columns, unit.lanes()) * unit.lanes();
        return packedColumns * depth <= MOST_PACKING * columns * depth + FEW_PACKED;
    }

    @Override
    public int parts() {
        return rowParts * panelParts;
    }

    @Override
    public int firstRow(int part) {
        return Parts.start(part / panelParts, rows.count(), rowParts);
    }

    @Override
    public int endRow(int part) {
        return Parts.start(part / panelParts + 1, rows.count(), rowParts);
    }

    @Override
    public long scratchBytes() {
        return argumentBytes() + partialBytes;
    }

    private long argumentBytes() {
        return Math.ceilDiv(TileArgument.operand(operands.count()), unit.bytes()) * (long) unit.bytes();
    }

    @Override
    public void multiply(
            Frame frame, MemorySegment left, long leftShift, MemorySegment result, long columnShift, int from, int to) {
        for (int part = from; part < to; part++) {
            multiply(frame, left, leftShift, result, columnShift, part);
        }
    }

    @Override
    public void multiply(
            Frame frame, MemorySegment left, long leftShift, MemorySegment result, long columnShift, int part) {
        int panelPart = part % panelParts;
        int firstRow = firstRow(part);
        int endRow = endRow(part);
        int endPanel = Parts.start(panelPart + 1, panels.count(), panelParts);
        var scratch = frame.scratch();
        long partial = scratch.address() + argumentBytes();
        TileArgument.LEFT.set(scratch, left.address() + leftShift * Float.BYTES);
        TileArgument.ROW_PLACES.set(scratch, rows.address());
        TileArgument.OUTPUT_PLACES.set(scratch, outputPlaces.address());
        int panel = Parts.start(panelPart, panels.count(), panelParts);
        while (panel < endPanel) {
            int group = form.goesOverPanels() ? group(panel, endPanel) : 1;
            long column = columnShift + panels.column(panel);
            TileArgument.OUTPUT.set(scratch, result.address() + column * form.resultBytes());
            operands.set(frame, scratch, TileArgument.OPERANDS.at(), column, column);
            TileArgument.PANELS.set(scratch, group);
            TileArgument.PANEL_BYTES.set(scratch, panels.bytes(panel));
            tellSteps(scratch, panel);
            for (int i = 0; i < blocks.size(); i++) {
                var block = blocks.get(i);
                TileArgument.PANEL.set(scratch, packed.address() + panels.place(panel, block.firstRow));
                TileArgument.SEGMENTS.set(scratch, block.segments.memory().address());
                TileArgument.SEGMENT_COUNT.set(scratch, block.segments.count());
                TileArgument.IS_FIRST.set(scratch, i == 0 ? 1 : 0);
                TileArgument.IS_LAST.set(scratch, i == blocks.size() - 1 ? 1 : 0);
                TileArgument.PARTIAL.set(scratch, partial);
                if (form.goesOverPanels()) {
                    routines.askNextRows(scratch, panel, endRow - firstRow, group, block.segments.rounds(), rowBytes);
                } else {
                    announce(scratch, i, panel, following(part, panel + 1), endRow - firstRow);
                }
                routines.run(scratch, panel, firstRow, endRow);
            }
            panel += group;
        }
    }

    private void tellSteps(MemorySegment scratch, int panel) {
        if (quads.isPresent()) {
            var factor = quads.get();
            TileArgument.STEPS.set(scratch, packed.address() + factor.stepsAt(panel));
            TileArgument.STEP_BYTES.set(scratch, factor.stepBytes());
        }
    }

    /// The panel that this part or, after it, the next one begins with: its worker is likely to go on with that.
    private int following(int part, int next) {
        return next < panels.count() ? next : part < parts() - 1 ? 0 : NONE;
    }

    /// Has the tiles of a panel ask for the block that comes next: the panel's next one, or the first of the
    /// following one.
    private void announce(MemorySegment scratch, int index, int panel, int following, int rows) {
        boolean isLast = index == blocks.size() - 1;
        int next = isLast ? following : panel;
        long place = packed.address();
        long bytes = 0;
        if (next != NONE) {
            var block = blocks.get(isLast ? 0 : index + 1);
            place += panels.place(next, block.firstRow);
            bytes = panels.bytes(next, block.rows);
        }
        routines.ask(scratch, panel, rows, blocks.get(index).segments.rounds(), place, bytes);
    }

    /// How many panels from one on are of its kind and stay in the cache together.
    private int group(int panel, int end) {
        long most = Math.max(1, CACHED_PANELS / panels.bytes(panel));
        int next = panel + 1;
        while (next < end && next - panel < most && panels.isSameKind(panel, next)) {
            next++;
        }
        return next - panel;
    }
}
