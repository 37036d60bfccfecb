package dev.balsa.kernel.attention;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.BlockProduct;
import dev.balsa.kernel.tile.RowPlaces;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Products by vectors, of floats. Where there are few rows, keys and values are read where they lie, once and in
/// order; otherwise they are packed panel by panel by each unit.
final class VectorProducts implements AttentionProducts {
    /// Keys of a block; the scores of a unit's rows stay in the second-level cache.
    private static final int MOST_KEYS = 320;
    /// Of a block that a mask may hide.
    private static final int MOST_MASKED_KEYS = 128;
    private static final int LEAST_ROWS = 24;
    private static final int MOST_ROWS = 66;
    private static final int LINE = 64;

    private final AttentionRequest request;
    private final VectorUnit unit;
    private final RowDivision division;
    /// Whether queries tell ranges of keys.
    private final boolean within;
    private final int group;
    private final int block;
    private final int step;
    private final RowPlaces queryPlaces;
    private final long[] keyOffsets;
    private final long[] valueOffsets;
    private final long keyRow;
    private final Optional<MachineCode> dots;
    private final Optional<BlockProduct> scores;
    private final Optional<BlockProduct> lastScores;
    private final BlockProduct results;
    private final long end;

    VectorProducts(AttentionRequest request, VectorUnit unit, Constants constants) {
        this.request = request;
        this.unit = unit;
        group = request.group();
        int rows = group * request.queries();
        division = RowDivision.of(rows, request.heads() / group, 1, LEAST_ROWS, MOST_ROWS, AttentionRequest.FEW_ROWS);
        within = request.mask().filter(mask -> mask.kind() == MaskKind.WITHIN).isPresent();
        int blocks = within ? 1 : Math.ceilDiv(request.keys(), request.looksAtMask() ? MOST_MASKED_KEYS : MOST_KEYS);
        block = within ? wholeBlock() : roundUp(Math.ceilDiv(request.keys(), blocks), 2 * unit.lanes());
        keyOffsets = request.k().places();
        valueOffsets = request.v().places();
        queryPlaces = request.queryPlaces();
        // Whole vectors are cleared behind the scores of a row, wherever they begin.
        step = within ? block + unit.lanes() : block;
        var scorePlaces = RowPlaces.even(rows, step);
        int mostRows = division.most();
        var counts = within
                ? IntStream.rangeClosed(1, mostRows).boxed().toList()
                : Stream.of(mostRows, rows / division.parts()).distinct().toList();
        boolean fewRows = mostRows <= AttentionRequest.FEW_ROWS && !within;
        boolean turned = request.size() == 1 || request.k().column() == 1;
        keyRow = request.keys() == 1 && !turned ? 1 : request.k().row();
        long panelAt = BlockProduct.ARGUMENT_BYTES;
        int last = within ? block : request.keys() - (blocks - 1) * block;
        long panels = Stream.of(
                        BlockProduct.panelBytes(unit, block, request.size()),
                        BlockProduct.panelBytes(unit, last, request.size()),
                        BlockProduct.panelBytes(unit, request.valueSize(), block))
                .reduce(0L, Math::max);
        end = Math.ceilDiv(panelAt + panels, LINE) * (long) LINE;
        if (fewRows && turned) {
            dots = Optional.of(constants.code(
                    KeyDotCode.name(unit, request.size()), () -> KeyDotCode.write(unit, request.size())));
            scores = Optional.empty();
            lastScores = Optional.empty();
        } else {
            dots = Optional.empty();
            var keys = new BlockProduct.Request(
                    block,
                    request.size(),
                    turned ? 1 : request.k().column(),
                    keyRow,
                    fewRows,
                    queryPlaces,
                    scorePlaces,
                    counts,
                    panelAt);
            scores = blocks > 1 ? Optional.of(new BlockProduct(unit, keys, constants)) : Optional.empty();
            lastScores = Optional.of(new BlockProduct(unit, keys.withColumns(last), constants));
        }
        results = new BlockProduct(
                unit,
                new BlockProduct.Request(
                        request.valueSize(),
                        block,
                        request.v().row(),
                        1,
                        fewRows,
                        scorePlaces,
                        scorePlaces,
                        counts,
                        panelAt),
                constants);
    }

    /// The most keys of a block, with what fills it up.
    static int mostBlock(VectorUnit unit) {
        return MOST_KEYS + 2 * unit.lanes();
    }

    /// The most keys that are scored at a time where ranges begin anywhere: panels of whole vectors, which fit
    /// among the keys wherever a range ends.
    private int wholeBlock() {
        int most = Math.min(MOST_KEYS, request.keys());
        return most < unit.lanes() ? most : most / unit.lanes() * unit.lanes();
    }

    private static int roundUp(int count, int multiple) {
        return Math.ceilDiv(count, multiple) * multiple;
    }

    @Override
    public RowDivision division() {
        return division;
    }

    @Override
    public int block() {
        return block;
    }

    @Override
    public int step() {
        return step;
    }

    @Override
    public SumRows sums() {
        return new PanelSums(unit, results.widths(), division.most());
    }

    @Override
    public long sumBytes() {
        return results.sumBytes();
    }

    @Override
    public long sumAt(int row) {
        return 0;
    }

    @Override
    public long end() {
        return end;
    }

    @Override
    public int pieces() {
        return 0;
    }

    @Override
    public long packedBytes() {
        return 0;
    }

    @Override
    public void pack(int piece, MemorySegment scratch, long keys, long values, long packed) {
        throw new IllegalStateException("piece " + piece + " of none");
    }

    @Override
    public void begin(Frame frame) {
        // Vectors are always there.
    }

    @Override
    public void end(Frame frame) {
        // Likewise.
    }

    @Override
    public void start(MemorySegment scratch, long queries, int firstRow, int endRow) {
        // Queries are multiplied where they lie.
    }

    /// Panels must end among the keys.
    @Override
    public int ahead(int key, int wanted) {
        return within
                ? key - Math.min(key, request.keys() - lastScores.orElseThrow().columns(wanted))
                : 0;
    }

    @Override
    public void score(
            MemorySegment scratch,
            int index,
            long queries,
            long keys,
            long packed,
            int firstRow,
            int endRow,
            int key,
            int wanted,
            long scores) {
        long first = keys + (keyOffsets[index * group] + key * keyRow) * Float.BYTES;
        if (dots.isPresent()) {
            KeyDotCode.Argument.KEYS.set(scratch, first);
            KeyDotCode.Argument.STEP.set(scratch, keyRow * Float.BYTES);
            for (int row = firstRow; row < endRow; row++) {
                KeyDotCode.Argument.QUERY.set(scratch, queries + queryPlaces.place(row) * Float.BYTES);
                KeyDotCode.Argument.TARGET.set(scratch, scores + (long) (row - firstRow) * step * Float.BYTES);
                dots.get().call(0, scratch, 0, wanted);
            }
            return;
        }
        boolean isLast = within || key + block >= request.keys();
        // Rows are told from the first of the group on.
        (isLast ? lastScores : this.scores)
                .orElseThrow()
                .multiply(
                        scratch,
                        queries,
                        firstRow,
                        endRow,
                        first,
                        wanted,
                        request.size(),
                        scores - (long) firstRow * step * Float.BYTES);
    }

    @Override
    public void add(
            MemorySegment scratch,
            int index,
            long values,
            long packed,
            int firstRow,
            int endRow,
            int key,
            int wanted,
            long weights,
            boolean begins,
            long sums) {
        results.add(
                scratch,
                weights - (long) firstRow * step * Float.BYTES,
                firstRow,
                endRow,
                values + (valueOffsets[index * group] + key * request.v().row()) * Float.BYTES,
                wanted,
                begins,
                sums);
    }
}
