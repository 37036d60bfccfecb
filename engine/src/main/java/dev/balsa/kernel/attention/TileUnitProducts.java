package dev.balsa.kernel.attention;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.amx.AmxFamily;
import dev.balsa.kernel.amx.PlaneProduct;
import dev.balsa.kernel.amx.RowPlanes;
import dev.balsa.kernel.amx.RunPanels;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.RowPlaces;
import java.lang.foreign.MemorySegment;

/// Products on the tile unit, of bfloat16 parts of floats. Keys and values of all groups are packed once before,
/// in memory that workers share; queries are split by each unit, and weights block by block.
///
/// With a precision's three products, 32 queries and 32 keys of 64 numbers take 800 cycles of the unit; vectors
/// take some 4000. What is between, exponentials above all, takes about as long as the products then, so that a
/// unit's scores stay in the second-level cache in larger blocks than those of vectors: sums are scaled less
/// often.
final class TileUnitProducts implements AttentionProducts {
    /// Keys of a block: scores of 64 rows, their parts, and the parts of as many keys and values take half a
    /// megabyte.
    private static final int MOST_KEYS = 512;

    /// Of a block that a mask may hide.
    private static final int MOST_MASKED_KEYS = 128;

    private static final int MOST_ROWS = 2 * PlaneProduct.ROWS;
    /// Keys of a piece that is packed.
    private static final int PIECE = 128;

    private static final int LINE = 64;

    private final AttentionRequest request;
    private final VectorUnit unit;
    private final RowDivision division;
    private final int groups;
    private final int group;
    private final int block;
    private final int step;
    private final RowPlaces queryPlaces;
    private final long[] keyOffsets;
    private final long[] valueOffsets;
    private final RunPanels keyPanels;
    private final RunPanels valuePanels;
    private final RowPlanes queries;
    private final RowPlanes weights;
    private final PlaneProduct scores;
    private final PlaneProduct results;
    private final long queriesAt;
    private final long weightsAt;
    private final long end;

    TileUnitProducts(AttentionRequest request, AmxFamily family, VectorUnit unit, Constants constants) {
        this.request = request;
        this.unit = unit;
        group = request.group();
        groups = request.heads() / group;
        division = RowDivision.of(
                group * request.queries(), groups, PlaneProduct.ROWS, PlaneProduct.ROWS, MOST_ROWS, PlaneProduct.ROWS);
        int blocks = Math.ceilDiv(request.keys(), request.looksAtMask() ? MOST_MASKED_KEYS : MOST_KEYS);
        block = Math.ceilDiv(Math.ceilDiv(request.keys(), blocks), RunPanels.COLUMNS) * RunPanels.COLUMNS;
        // An odd number of lines, so that rows fall into different sets of the caches.
        step = block + unit.lanes();
        queryPlaces = request.queryPlaces();
        keyOffsets = request.k().places();
        valueOffsets = request.v().places();
        keyPanels = new RunPanels(
                family,
                request.size(),
                request.keys(),
                request.k().column(),
                request.k().row(),
                constants);
        valuePanels = new RunPanels(
                family,
                request.keys(),
                request.valueSize(),
                request.v().row(),
                request.v().column(),
                constants);
        queries = new RowPlanes(family, division.most(), request.size(), constants);
        weights = new RowPlanes(family, division.most(), block, constants);
        scores = PlaneProduct.ofRows(family, queries, keyPanels, division.most(), step, constants);
        results = PlaneProduct.ofSums(family, weights, valuePanels, constants);
        queriesAt = align(PlaneProduct.ARGUMENT_BYTES + (long) PlaneProduct.BUFFER_BYTES);
        weightsAt = align(queriesAt + queries.bytes());
        end = align(weightsAt + weights.bytes());
    }

    private static long align(long bytes) {
        return Math.ceilDiv(bytes, LINE) * (long) LINE;
    }

    /// Whether keys can be packed.
    static boolean fits(AttentionRequest request) {
        return RunPanels.fits(request.k().row()) && RunPanels.fits(request.v().column());
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
        return new TileSums(unit, Math.ceilDiv(request.valueSize(), unit.lanes()));
    }

    @Override
    public long sumBytes() {
        return results.sumBytes(division.most());
    }

    @Override
    public long sumAt(int row) {
        return results.sumAt(row);
    }

    @Override
    public long end() {
        return end;
    }

    private int pieces(int index) {
        return Math.ceilDiv(request.keys(), PIECE) * index;
    }

    @Override
    public int pieces() {
        return pieces(groups);
    }

    private long groupBytes() {
        return keyPanels.bytes() + valuePanels.bytes();
    }

    @Override
    public long packedBytes() {
        return groups * groupBytes();
    }

    @Override
    public void pack(int piece, MemorySegment scratch, long keys, long values, long packed) {
        int index = piece / pieces(1);
        int first = piece % pieces(1) * PIECE;
        int last = Math.min(request.keys(), first + PIECE);
        long target = packed + index * groupBytes();
        keyPanels.pack(
                scratch,
                keys + keyOffsets[index * group] * Float.BYTES,
                target,
                first / RunPanels.COLUMNS,
                Math.ceilDiv(last, RunPanels.COLUMNS),
                0,
                keyPanels.steps());
        valuePanels.pack(
                scratch,
                values + valueOffsets[index * group] * Float.BYTES,
                target + keyPanels.bytes(),
                0,
                valuePanels.panels(),
                first / RunPanels.ROWS,
                Math.ceilDiv(last, RunPanels.ROWS));
    }

    @Override
    public void begin(Frame frame) {
        scores.begin(frame.scratch());
    }

    @Override
    public void end(Frame frame) {
        scores.end(frame.scratch());
    }

    @Override
    public void start(MemorySegment scratch, long queries, int firstRow, int endRow) {
        for (int row = firstRow; row < endRow; ) {
            int end = Math.min(endRow, (row / request.queries() + 1) * request.queries());
            this.queries.split(
                    scratch,
                    queries + queryPlaces.place(row) * Float.BYTES,
                    request.q().row(),
                    end - row,
                    request.size(),
                    scratch.address() + queriesAt,
                    row - firstRow);
            row = end;
        }
    }

    /// Blocks begin with panels.
    @Override
    public int ahead(int key, int wanted) {
        return 0;
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
        this.scores.multiply(
                scratch,
                scratch.address() + queriesAt,
                endRow - firstRow,
                packed + index * groupBytes() + key / RunPanels.COLUMNS * keyPanels.panelBytes(),
                Math.ceilDiv(wanted, RunPanels.COLUMNS),
                scores);
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
        long planes = scratch.address() + weightsAt;
        this.weights.split(scratch, weights, step, endRow - firstRow, wanted, planes, 0);
        results.add(
                scratch,
                planes,
                endRow - firstRow,
                packed + index * groupBytes() + keyPanels.bytes() + key / RunPanels.ROWS * valuePanels.stepBytes(),
                Math.ceilDiv(wanted, RunPanels.ROWS),
                begins,
                sums);
    }
}
