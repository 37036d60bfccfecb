package dev.balsa.kernel.attention;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.BlockProduct;
import dev.balsa.kernel.tile.RowPlaces;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Goes over heads, rows of queries and blocks of keys.
///
/// A unit is some rows of the queries of heads that share their keys. For each block of keys it makes their
/// scores in the worker's memory, weights of these, and adds the values that have these weights to sums; at the
/// end it divides by the sum of weights. Blocks that no row of the unit sees are left out. Where there are few
/// rows, keys and values are read where they lie, once and in order; otherwise they are packed panel by panel.
///
/// Where each query tells a range of keys, neighbouring rows of the same range are attended to together, over
/// that range alone. Such runs are not captured, since they go as the ranges say.
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
    /// The operand with the mask.
    private static final int MASK = 3;

    private final AttentionRequest request;
    private final VectorUnit unit;
    /// Whether queries tell ranges of keys.
    private final boolean within;
    private final int group;
    private final int groups;
    private final int rows;
    private final int parts;
    private final int block;
    /// Scores from a row to the next.
    private final int step;
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
        within = request.mask().filter(mask -> mask.kind() == MaskKind.WITHIN).isPresent();
        int blocks = within ? 1 : Math.ceilDiv(request.keys(), MOST_KEYS);
        block = within ? wholeBlock() : roundUp(Math.ceilDiv(request.keys(), blocks), 2 * unit.lanes());
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
        // Whole vectors are cleared behind the scores of a row, wherever they begin.
        step = within ? block + unit.lanes() : block;
        var scorePlaces = RowPlaces.even(rows, step);
        int mostRows = Math.ceilDiv(rows, parts);
        var counts = within
                ? IntStream.rangeClosed(1, mostRows).boxed().toList()
                : Stream.of(mostRows, rows / parts).distinct().toList();
        boolean fewRows = mostRows <= FEW_ROWS && !within;
        boolean turned = request.size() == 1 || request.k().column() == 1;
        keyRow = request.keys() == 1 && !turned ? 1 : request.k().row();
        panelAt = BlockProduct.ARGUMENT_BYTES;
        int last = within ? block : request.keys() - (blocks - 1) * block;
        long panels = Stream.of(
                        BlockProduct.panelBytes(unit, block, request.size()),
                        BlockProduct.panelBytes(unit, last, request.size()),
                        BlockProduct.panelBytes(unit, request.valueSize(), block))
                .reduce(0L, Math::max);
        recordsAt = align(panelAt + panels);
        scoresAt = align(recordsAt + (long) mostRows * RowRecord.BYTES);
        sumsAt = align(scoresAt + (long) mostRows * step * Float.BYTES);
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
                request.mask().map(AttentionMask::kind).filter(kind -> kind != MaskKind.WITHIN),
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

    /// The most keys that are scored at a time where ranges begin anywhere: panels of whole vectors, which fit
    /// among the keys wherever a range ends.
    private int wholeBlock() {
        int most = Math.min(MOST_KEYS, request.keys());
        return most < unit.lanes() ? most : most / unit.lanes() * unit.lanes();
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
        int endRow = start(part + 1);
        int head = index * group;
        for (int row = start(part); row < endRow; ) {
            int next = within ? together(frame, head, row, endRow) : endRow;
            attend(head, row, next, frame);
            row = next;
        }
    }

    private void attend(int head, int firstRow, int endRow, Frame frame) {
        var scratch = frame.scratch();
        int seen = Math.max(1, begin(frame, head, firstRow, endRow));
        int first = within ? bound(frame, head, firstRow, 0) : 0;
        int end = within ? bound(frame, head, firstRow, 1) : seen;
        long q = frame.operand(0).address() + queryOffsets[head] * Float.BYTES;
        long k = keys(frame) + keyOffsets[head] * Float.BYTES;
        long v = values(frame) + valueOffsets[head] * Float.BYTES;
        long sums = scratch.address() + sumsAt;
        if (first >= end) {
            Effects.clear(scratch, sumsAt, results.sumBytes());
        }
        for (int key = first; key < end; key += block) {
            int wanted = Math.min(block, end - key);
            int ahead = within ? key - pulledBack(key, wanted) : 0;
            score(scratch, q, firstRow, endRow, k + (key - ahead) * keyRow * Float.BYTES, key, ahead + wanted);
            // Rows of scores are told from the first of the group on.
            long scored = scratch.address() + scoresAt + (ahead - (long) firstRow * step) * Float.BYTES;
            weigh(scratch, firstRow, endRow, key, ahead, wanted, key == first);
            results.add(
                    scratch,
                    scored,
                    firstRow,
                    endRow,
                    v + key * request.v().row() * Float.BYTES,
                    wanted,
                    key == first,
                    sums);
        }
        ResultCode.Argument.ROWS.set(scratch, scratch.address() + recordsAt);
        ResultCode.Argument.SUMS.set(scratch, sums);
        resultCode.call(0, scratch, 0, endRow - firstRow);
    }

    /// A number of the range that a row sees: its first key (0) or the one behind its last (1), within all keys.
    private int bound(Frame frame, int firstHead, int row, int which) {
        long place = maskOffsets[firstHead + row / request.queries()]
                + row
                        % request.queries()
                        * request.mask().orElseThrow().matrices().row();
        return Math.clamp(
                frame.operand(MASK).get(ValueLayout.JAVA_INT, (place + which) * Integer.BYTES), 0, request.keys());
    }

    /// The row behind those from `row` on that see the same range of keys.
    private int together(Frame frame, int firstHead, int row, int endRow) {
        int first = bound(frame, firstHead, row, 0);
        int end = bound(frame, firstHead, row, 1);
        int next = row + 1;
        while (next < endRow && bound(frame, firstHead, next, 0) == first && bound(frame, firstHead, next, 1) == end) {
            next++;
        }
        return next;
    }

    /// Where scoring begins so that panels end among the keys; scores of keys before `key` are left out then.
    private int pulledBack(int key, int wanted) {
        return Math.min(key, request.keys() - lastScores.orElseThrow().columns(wanted));
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
            if (request.mask().isPresent() && !within) {
                var mask = request.mask().get();
                long at = maskOffsets[head] + query * mask.matrices().row();
                RowRecord.MASK.set(
                        scratch,
                        record,
                        frame.operand(MASK).address() + at * mask.kind().bytes());
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
                KeyDotCode.Argument.TARGET.set(scratch, target + (long) (row - firstRow) * step * Float.BYTES);
                dots.get().call(0, scratch, 0, wanted);
            }
            return;
        }
        boolean isLast = within || key + block >= request.keys();
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
                        target - (long) firstRow * step * Float.BYTES);
    }

    /// @param ahead scores of a row that are left out, before those that count
    private void weigh(
            MemorySegment scratch, int firstRow, int endRow, int key, int ahead, int wanted, boolean begins) {
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
        WeightCode.Argument.SCORES.set(scratch, scratch.address() + scoresAt + (long) ahead * Float.BYTES);
        WeightCode.Argument.STEP.set(scratch, (long) step * Float.BYTES);
        WeightCode.Argument.ROWS.set(scratch, scratch.address() + recordsAt);
        WeightCode.Argument.SUMS.set(scratch, scratch.address() + sumsAt);
        WeightCode.Argument.HAS_SUMS.set(scratch, begins ? 0 : 1);
        WeightCode.Argument.MASK_AT.set(scratch, (long) key * elementBytes);
        WeightCode.Argument.END.set(scratch, (long) roundUp(wanted, unit.lanes()) * Float.BYTES);
        weightCode.call(0, scratch, 0, endRow - firstRow);
    }
}
