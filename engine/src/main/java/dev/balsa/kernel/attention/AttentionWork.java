package dev.balsa.kernel.attention;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.BlockProduct;
import dev.balsa.kernel.tile.RowPlaces;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.Stream;

/// Goes over heads, rows of queries and blocks of keys.
///
/// A unit is some rows of the queries of heads that share their keys. For each block of keys it makes their scores
/// in the worker's memory, weights of these, and adds the values that have these weights to sums; at the end it
/// divides by the sum of weights. Blocks that no row of the unit sees are left out. Where there are few rows, keys
/// and values are read where they lie, once and in order; otherwise they are packed panel by panel.
///
/// With a cache, keys and values are put together in a phase before.
final class AttentionWork implements CodeWork {
    /// Keys of a block; the scores of a unit's rows stay in the second-level cache.
    private static final int MOST_KEYS = 320;
    /// Rows for which packing does not pay.
    private static final int FEW_ROWS = 6;
    private static final int LEAST_ROWS = 24;
    private static final int MOST_ROWS = 66;
    private static final int ENOUGH_UNITS = 32;
    private static final int LINE = 64;

    private final AttentionRequest request;
    private final VectorUnit unit;
    private final int group;
    private final int groups;
    private final int rows;
    private final int parts;
    private final int block;
    private final RowPlaces queryPlaces;
    private final long[] queryOffsets;
    private final long[] keyOffsets;
    private final long[] valueOffsets;
    private final long[] resultOffsets;
    private final long[] maskOffsets;
    private final long keyRow;
    private final Optional<CacheCopy> cacheCopy;
    private final Optional<MachineCode> dots;
    private final Optional<BlockProduct> scores;
    private final Optional<BlockProduct> lastScores;
    private final BlockProduct results;
    private final MachineCode weightCode;
    private final MachineCode resultCode;
    private final int resultOperand;
    private final long panelAt;
    private final long recordsAt;
    private final long scoresAt;
    private final long sumsAt;
    private final long end;

    AttentionWork(AttentionRequest request, VectorUnit unit, Constants constants) {
        this.request = request;
        this.unit = unit;
        group = request.group();
        groups = request.heads() / group;
        rows = group * request.queries();
        parts = parts(rows, groups);
        int blocks = Math.ceilDiv(request.keys(), MOST_KEYS);
        block = roundUp(Math.ceilDiv(request.keys(), blocks), 2 * unit.lanes());
        queryOffsets = array(request.q());
        keyOffsets = array(request.k());
        valueOffsets = array(request.v());
        resultOffsets = array(request.y());
        maskOffsets = request.mask().map(mask -> array(mask.matrices())).orElse(new long[0]);
        queryPlaces = RowPlaces.of(
                rows,
                row -> queryOffsets[row / request.queries()]
                        - queryOffsets[0]
                        + row % request.queries() * request.q().row());
        var scorePlaces = RowPlaces.even(rows, block);
        var counts =
                Stream.of(Math.ceilDiv(rows, parts), rows / parts).distinct().toList();
        int mostRows = counts.getFirst();
        boolean fewRows = mostRows <= FEW_ROWS;
        boolean turned = request.size() == 1 || request.k().column() == 1;
        keyRow = request.keys() == 1 && !turned ? 1 : request.k().row();
        panelAt = BlockProduct.ARGUMENT_BYTES;
        int last = request.keys() - (blocks - 1) * block;
        long panels = Stream.of(
                        BlockProduct.panelBytes(unit, block, request.size()),
                        BlockProduct.panelBytes(unit, last, request.size()),
                        BlockProduct.panelBytes(unit, request.valueSize(), block))
                .reduce(0L, Math::max);
        recordsAt = align(panelAt + panels);
        scoresAt = align(recordsAt + (long) mostRows * RowRecord.BYTES);
        sumsAt = align(scoresAt + (long) mostRows * block * Float.BYTES);
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
        end = sumsAt + results.sumBytes();
        var sums = new SumRows(unit, results.widths(), mostRows);
        var weights = new WeightCode.Form(
                request.scale(),
                request.cap(),
                request.mask().map(AttentionMask::kind),
                request.mask().map(AttentionMask::hidden).orElse(0f),
                request.before().isPresent(),
                sums);
        weightCode = constants.code(weights.name(), () -> WeightCode.write(weights));
        var result = new ResultCode(sums, request.valueSize(), request.zeroIfHidden());
        resultCode = constants.code(result.name(), result::write);
        cacheCopy = request.cache().map(cache -> new CacheCopy(request, cache, unit, constants));
        resultOperand = 3
                + (request.mask().isPresent() ? 1 : 0)
                + (request.cache().map(Cache::hasEarlier).orElse(false) ? 2 : 0);
    }

    private static long[] array(Matrices matrices) {
        return matrices.offsets().stream().mapToLong(Long::longValue).toArray();
    }

    /// The most keys of a block, with what fills it up.
    static int mostBlock(VectorUnit unit) {
        return MOST_KEYS + 2 * unit.lanes();
    }

    private static int parts(int rows, int groups) {
        long each = Math.ceilDiv((long) rows * groups, ENOUGH_UNITS);
        return Math.ceilDiv(rows, roundUp(Math.clamp(each, LEAST_ROWS, MOST_ROWS), FEW_ROWS));
    }

    private static int roundUp(int count, int multiple) {
        return Math.ceilDiv(count, multiple) * multiple;
    }

    private static long align(long bytes) {
        return Math.ceilDiv(bytes, LINE) * (long) LINE;
    }

    @Override
    public int phases() {
        return cacheCopy.isPresent() ? 2 : 1;
    }

    @Override
    public int units(int phase) {
        return cacheCopy.isPresent() && phase == 0 ? cacheCopy.get().units() : groups * parts;
    }

    @Override
    public long sharedBytes() {
        return cacheCopy.map(CacheCopy::sharedBytes).orElse(0L);
    }

    @Override
    public long workerBytes() {
        return end;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        boolean copies = cacheCopy.isPresent() && phase == 0;
        for (int each = from; each < to; each++) {
            if (copies) {
                cacheCopy.get().copy(each, frame);
            } else {
                attend(each / parts, each % parts, frame);
            }
        }
    }

    private void attend(int index, int part, Frame frame) {
        int firstRow = start(part);
        int endRow = start(part + 1);
        int head = index * group;
        var scratch = frame.scratch();
        int seen = Math.max(1, begin(frame, head, firstRow, endRow));
        long q = frame.operand(0).address() + queryOffsets[head] * Float.BYTES;
        long k = keys(frame) + keyOffsets[head] * Float.BYTES;
        long v = values(frame) + valueOffsets[head] * Float.BYTES;
        // Rows of scores are told from the first of the group on.
        long scored = scratch.address() + scoresAt - (long) firstRow * block * Float.BYTES;
        long sums = scratch.address() + sumsAt;
        for (int key = 0; key < seen; key += block) {
            int wanted = Math.min(block, seen - key);
            score(scratch, q, firstRow, endRow, k + key * keyRow * Float.BYTES, key, wanted);
            weigh(scratch, firstRow, endRow, key, wanted);
            results.add(
                    scratch,
                    scored,
                    firstRow,
                    endRow,
                    v + key * request.v().row() * Float.BYTES,
                    wanted,
                    key == 0,
                    sums);
        }
        ResultCode.Argument.ROWS.set(scratch, scratch.address() + recordsAt);
        ResultCode.Argument.SUMS.set(scratch, sums);
        resultCode.call(0, scratch, 0, endRow - firstRow);
    }

    private int start(int part) {
        return (int) ((long) rows * part / parts);
    }

    private long keys(Frame frame) {
        return cacheCopy.isPresent()
                ? cacheCopy.get().keys(frame)
                : frame.operand(1).address();
    }

    private long values(Frame frame) {
        return cacheCopy.isPresent()
                ? cacheCopy.get().values(frame)
                : frame.operand(2).address();
    }

    /// Begins the records of rows, and tells how many keys they see at most.
    private int begin(Frame frame, int firstHead, int firstRow, int endRow) {
        var scratch = frame.scratch();
        long result = frame.operand(resultOperand).address();
        int seen = 0;
        for (int row = firstRow; row < endRow; row++) {
            int head = firstHead + row / request.queries();
            int query = row % request.queries();
            long record = recordsAt + (long) (row - firstRow) * RowRecord.BYTES;
            RowRecord.RESULT.set(
                    scratch,
                    record,
                    result + (resultOffsets[head] + query * request.y().row()) * Float.BYTES);
            RowRecord.GREATEST.set(scratch, record, -Float.MAX_VALUE);
            RowRecord.SUM.set(scratch, record, 0f);
            if (request.mask().isPresent()) {
                var mask = request.mask().get();
                long at = maskOffsets[head] + query * mask.matrices().row();
                RowRecord.MASK.set(
                        scratch,
                        record,
                        frame.operand(3).address() + at * mask.kind().bytes());
            }
            seen = Math.max(seen, seen(query));
        }
        return seen;
    }

    private int seen(int query) {
        return request.before().isEmpty()
                ? request.keys()
                : Math.clamp(request.before().get() + query + 1, 0, request.keys());
    }

    private void score(MemorySegment scratch, long q, int firstRow, int endRow, long k, int key, int wanted) {
        long target = scratch.address() + scoresAt;
        if (dots.isPresent()) {
            KeyDotCode.Argument.KEYS.set(scratch, k);
            KeyDotCode.Argument.STEP.set(scratch, keyRow * Float.BYTES);
            for (int row = firstRow; row < endRow; row++) {
                KeyDotCode.Argument.QUERY.set(scratch, q + queryPlaces.place(row) * Float.BYTES);
                KeyDotCode.Argument.TARGET.set(scratch, target + (long) (row - firstRow) * block * Float.BYTES);
                dots.get().call(0, scratch, 0, wanted);
            }
            return;
        }
        boolean isLast = key + block >= request.keys();
        (isLast ? lastScores : scores)
                .orElseThrow()
                .multiply(
                        scratch,
                        q,
                        firstRow,
                        endRow,
                        k,
                        wanted,
                        request.size(),
                        target - (long) firstRow * block * Float.BYTES);
    }

    private void weigh(MemorySegment scratch, int firstRow, int endRow, int key, int wanted) {
        if (request.before().isPresent()) {
            for (int row = firstRow; row < endRow; row++) {
                long record = recordsAt + (long) (row - firstRow) * RowRecord.BYTES;
                int length = Math.clamp(seen(row % request.queries()) - key, 0, wanted);
                RowLoop.set(scratch, record + RowRecord.LENGTH.at(), unit, WeightCode.BLOCK, length);
            }
        } else {
            RowLoop.set(scratch, WeightCode.Argument.LENGTH.at(), unit, WeightCode.BLOCK, wanted);
        }
        int elementBytes =
                request.mask().isPresent() ? request.mask().get().kind().bytes() : 0;
        WeightCode.Argument.SCORES.set(scratch, scratch.address() + scoresAt);
        WeightCode.Argument.STEP.set(scratch, (long) block * Float.BYTES);
        WeightCode.Argument.ROWS.set(scratch, scratch.address() + recordsAt);
        WeightCode.Argument.SUMS.set(scratch, scratch.address() + sumsAt);
        WeightCode.Argument.HAS_SUMS.set(scratch, key == 0 ? 0 : 1);
        WeightCode.Argument.MASK_AT.set(scratch, (long) key * elementBytes);
        WeightCode.Argument.END.set(scratch, (long) roundUp(wanted, unit.lanes()) * Float.BYTES);
        weightCode.call(0, scratch, 0, endRow - firstRow);
    }
}
