package dev.balsa.kernel.attention;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// Goes over heads, rows of queries and blocks of keys.
///
/// A unit is some rows of the queries of heads that share their keys. For each block of keys it makes their
/// scores in the worker's memory, weights of these, and adds the values that have these weights to sums; at the
/// end it divides by the sum of weights. Blocks that no row of the unit sees are left out, be it that their
/// number tells so, or that a mask does ([MaskLookCode]); but for the first block, which begins the sums. What
/// multiplies is told by [AttentionProducts].
///
/// Where each query tells a range of keys, neighbouring rows of the same range are attended to together, over
/// that range alone. Such runs are not captured, since they go as the ranges say.
///
/// With a cache, keys and values are put together in a phase before; where products want them packed, that is
/// another one.
final class AttentionWork implements CodeWork {
    private static final int LINE = 64;
    /// The operand with the mask.
    private static final int MASK = 3;

    private final AttentionRequest request;
    private final VectorUnit unit;
    private final AttentionProducts products;
    private final RowDivision division;
    /// Whether queries tell ranges of keys.
    private final boolean within;
    private final int group;
    private final int groups;
    private final int block;
    /// Scores from a row to the next.
    private final int step;
    private final long[] queryOffsets;
    private final long[] resultOffsets;
    private final long[] maskOffsets;
    private final Optional<CacheCopy> cacheCopy;
    private final Optional<MachineCode> lookCode;
    private final MachineCode weightCode;
    private final MachineCode resultCode;
    private final int resultOperand;
    private final long recordsAt;
    private final long scoresAt;
    private final long sumsAt;
    private final long blocksAt;
    private final long end;

    /// @param unit makes weights and results
    AttentionWork(AttentionRequest request, AttentionProducts products, VectorUnit unit, Constants constants) {
        this.request = request;
        this.products = products;
        this.unit = unit;
        group = request.group();
        groups = request.heads() / group;
        division = products.division();
        within = request.mask().filter(mask -> mask.kind() == MaskKind.WITHIN).isPresent();
        block = products.block();
        step = products.step();
        queryOffsets = request.q().places();
        resultOffsets = request.y().places();
        maskOffsets = request.mask().map(mask -> mask.matrices().places()).orElse(new long[0]);
        recordsAt = products.end();
        scoresAt = align(recordsAt + (long) division.most() * RowRecord.BYTES);
        sumsAt = align(scoresAt + (long) division.most() * step * Float.BYTES);
        blocksAt = align(sumsAt + products.sumBytes());
        end = blocksAt + blockBytes();
        lookCode = request.mask().filter(_ -> request.looksAtMask()).map(mask -> {
            var look = new MaskLookCode(mask.kind());
            return constants.code(look.name(), look::write);
        });
        var weights = new WeightCode.Form(
                request.scale(),
                request.cap(),
                request.mask().map(AttentionMask::kind).filter(kind -> kind != MaskKind.WITHIN),
                request.mask().map(AttentionMask::hidden).orElse(0f),
                request.before().isPresent(),
                products.sums());
        weightCode = constants.code(weights.name(), () -> WeightCode.write(weights));
        var result = new ResultCode(products.sums(), request.valueSize(), request.zeroIfHidden());
        resultCode = constants.code(result.name(), result::write);
        cacheCopy = request.cache().map(cache -> new CacheCopy(request, cache, unit, constants));
        resultOperand = 3
                + (request.mask().isPresent() ? 1 : 0)
                + (request.cache().map(Cache::hasEarlier).orElse(false) ? 2 : 0);
    }

    private static int roundUp(int count, int multiple) {
        return Math.ceilDiv(count, multiple) * multiple;
    }

    private static long align(long bytes) {
        return Math.ceilDiv(bytes, LINE) * (long) LINE;
    }

    /// Bytes of the words that tell for each block whether it counts.
    private long blockBytes() {
        return request.looksAtMask() ? Math.ceilDiv(request.keys(), block) * (long) Long.BYTES : 0;
    }

    private int copyPhases() {
        return cacheCopy.isPresent() ? 1 : 0;
    }

    private int packPhases() {
        return products.pieces() > 0 ? 1 : 0;
    }

    @Override
    public int phases() {
        return copyPhases() + packPhases() + 1;
    }

    @Override
    public int units(int phase) {
        if (phase < copyPhases()) {
            return cacheCopy.orElseThrow().units();
        }
        return phase < copyPhases() + packPhases() ? products.pieces() : groups * division.parts();
    }

    /// Where what is packed begins in shared memory.
    private long packedAt() {
        return align(cacheCopy.map(CacheCopy::sharedBytes).orElse(0L));
    }

    @Override
    public long sharedBytes() {
        return packedAt() + products.packedBytes();
    }

    @Override
    public long workerBytes() {
        return end;
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (phase < copyPhases()) {
            for (int each = from; each < to; each++) {
                cacheCopy.orElseThrow().copy(each, frame);
            }
        } else if (phase < copyPhases() + packPhases()) {
            for (int piece = from; piece < to; piece++) {
                products.pack(piece, frame.scratch(), keys(frame), values(frame), packed(frame));
            }
        } else {
            products.begin(frame);
            for (int each = from; each < to; each++) {
                attend(each / division.parts(), each % division.parts(), frame);
            }
            products.end(frame);
        }
    }

    private void attend(int index, int part, Frame frame) {
        int endRow = division.start(part + 1);
        for (int row = division.start(part); row < endRow; ) {
            int next = within ? together(frame, index * group, row, endRow) : endRow;
            attend(index, row, next, frame);
            row = next;
        }
    }

    private void attend(int index, int firstRow, int endRow, Frame frame) {
        var scratch = frame.scratch();
        int head = index * group;
        int seen = Math.max(1, begin(frame, head, firstRow, endRow));
        int first = within ? bound(frame, head, firstRow, 0) : 0;
        int end = within ? bound(frame, head, firstRow, 1) : seen;
        long queries = frame.operand(0).address() + queryOffsets[head] * Float.BYTES;
        long scores = scratch.address() + scoresAt;
        long sums = scratch.address() + sumsAt;
        if (first >= end) {
            Effects.clear(scratch, sumsAt, products.sumBytes());
        }
        products.start(scratch, queries, firstRow, endRow);
        look(scratch, firstRow, endRow);
        for (int key = first; key < end; key += block) {
            boolean mayBeHidden = lookCode.isPresent() && key > first;
            if (mayBeHidden && !Effects.begins(scratch, blocksAt + (long) key / block * Long.BYTES)) {
                continue;
            }
            int wanted = Math.min(block, end - key);
            int ahead = products.ahead(key, wanted);
            products.score(
                    scratch,
                    index,
                    queries,
                    keys(frame),
                    packed(frame),
                    firstRow,
                    endRow,
                    key - ahead,
                    ahead + wanted,
                    scores);
            weigh(scratch, firstRow, endRow, key, ahead, wanted, key == first);
            products.add(
                    scratch,
                    index,
                    values(frame),
                    packed(frame),
                    firstRow,
                    endRow,
                    key,
                    wanted,
                    scores + (long) ahead * Float.BYTES,
                    key == first,
                    sums);
            if (mayBeHidden) {
                Effects.ends();
            }
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

    private long packed(Frame frame) {
        return frame.shared().address() + packedAt();
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
            RowRecord.SUMS.set(scratch, record, scratch.address() + sumsAt + products.sumAt(row - firstRow));
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

    /// Looks which blocks a mask hides.
    private void look(MemorySegment scratch, int firstRow, int endRow) {
        if (lookCode.isEmpty()) {
            return;
        }
        Effects.clear(scratch, blocksAt, blockBytes());
        MaskLookCode.Argument.ROWS.set(scratch, scratch.address() + recordsAt);
        MaskLookCode.Argument.KEYS.set(scratch, request.keys());
        MaskLookCode.Argument.BLOCK.set(scratch, block);
        MaskLookCode.Argument.BLOCKS.set(scratch, scratch.address() + blocksAt);
        lookCode.get().call(0, scratch, 0, isSameMask() ? 1 : endRow - firstRow);
    }

    /// Whether all queries of all heads of a group have the same.
    private boolean isSameMask() {
        return group == 1 && request.mask().orElseThrow().matrices().row() == 0;
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
