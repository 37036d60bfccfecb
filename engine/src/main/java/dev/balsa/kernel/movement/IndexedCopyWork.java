package dev.balsa.kernel.movement;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.LoopNest;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.LongFunction;

/// [IndexedCopyRequest]. A scatter begins with a phase that copies the data, unless it is there already or nothing
/// of it stays. Then a unit is some blocks, or a part of a block; where several blocks may go to one place, a unit
/// is a part of all blocks, so that the last one stands, or they are reduced in order.
final class IndexedCopyWork implements CodeWork {
    private static final long UNIT = 32_768;
    /// Less of a block is not worth it to look at all indices once more.
    private static final long LEAST_PART = 4_096;
    private static final long DATA_UNIT = 262_144;
    /// Places listed at a time.
    private static final int CHUNK = 512;

    private final LoopNest nest;
    private final Optional<KnownPlaces> known;
    private final PlaceLists lists;
    private final BlockCopies copies;
    private final boolean scatter;
    private final long dataBytes;
    private final boolean copiesData;
    private final long blocks;
    private final long blockBytes;
    private final long blocksPerUnit;
    private final long partBytes;
    private final long parts;
    private final long scratchBytes;

    /// @param copies what copies blocks of a length, or reduces them
    IndexedCopyWork(IndexedCopyRequest request, PlaceLists lists, LongFunction<BlockCopies> copies) {
        this.lists = lists;
        nest = request.nest();
        known = KnownPlaces.of(request);
        scatter = request.scatter();
        dataBytes = request.dataBytes();
        blockBytes = known.map(KnownPlaces::blockBytes).orElse(request.blockBytes());
        blocks = blockBytes == 0 ? 0 : known.map(KnownPlaces::count).orElse(nest.total());
        this.copies = copies.apply(blockBytes);
        boolean distinct = known.map(KnownPlaces::distinct).orElse(false);
        boolean replacesAll = request.reduction().isEmpty() && distinct && blocks * blockBytes == dataBytes;
        copiesData = scatter && !replacesAll;
        boolean ordered = scatter && !distinct;
        partBytes = Math.min(Math.max(1, blockBytes), ordered ? LEAST_PART : UNIT);
        parts = Math.ceilDiv(blockBytes, partBytes);
        blocksPerUnit = ordered ? Math.max(1, blocks) : Math.max(1, UNIT / Math.max(Long.BYTES, partBytes));
        scratchBytes = (Math.max(lists.scratchBytes(), this.copies.scratchBytes()) + 63) & -64;
    }

    @Override
    public int phases() {
        return copiesData ? 2 : 1;
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact(
                isOfData(phase) ? Math.ceilDiv(dataBytes, DATA_UNIT) : Math.ceilDiv(blocks, blocksPerUnit) * parts);
    }

    private boolean isOfData(int phase) {
        return copiesData && phase == 0;
    }

    @Override
    public long workerBytes() {
        return scratchBytes + (known.isPresent() ? 0 : (long) CHUNK * Long.BYTES);
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (isOfData(phase)) {
            copyData(frame, from * DATA_UNIT, Math.min(dataBytes, to * DATA_UNIT));
            return;
        }
        for (int unit = from; unit < to; unit++) {
            long group = unit / parts;
            long at = (unit - group * parts) * partBytes;
            long first = group * blocksPerUnit;
            copyBlocks(frame, first, Math.min(blocks, first + blocksPerUnit), at, Math.min(partBytes, blockBytes - at));
        }
    }

    private static void copyData(Frame frame, long from, long to) {
        var data = frame.operand(0);
        var output = frame.operand(3);
        if (data.address() != output.address()) {
            Effects.copy(data, from, output, from, to - from);
        }
    }

    private void copyBlocks(Frame frame, long first, long end, long at, long bytes) {
        if (known.isPresent()) {
            copy(frame, known.get().list(), first * Long.BYTES, first, end - first, at, bytes);
            return;
        }
        var scratch = frame.scratch();
        long inner = nest.inner();
        for (long block = first; block < end; ) {
            long row = block / inner;
            long column = block - row * inner;
            long rows = column == 0 ? rows(row, end - block) : 1;
            long count = rows > 1 ? inner : Math.min(CHUNK, Math.min(inner - column, end - block));
            long tuple = nest.rowOffset(1, row) + column * nest.innerStride(1);
            long start = nest.rowOffset(0, row) + column * nest.innerStride(0);
            lists.list(scratch, frame.operand(1), tuple, start, rows, count, scratch, scratchBytes);
            copy(frame, scratch, scratchBytes, block, rows * count, at, bytes);
            block += rows * count;
        }
    }

    /// How many whole rows at equal distances there are, of so many blocks, whose places fit into a list.
    private long rows(long row, long left) {
        if (nest.rank() < 2) {
            return 1;
        }
        long regular = nest.size(nest.rank() - 2);
        return Math.max(1, Math.min(regular - row % regular, Math.min(CHUNK, left) / nest.inner()));
    }

    private void copy(Frame frame, MemorySegment list, long listAt, long block, long count, long at, long bytes) {
        long side = block * blockBytes + at;
        var scratch = frame.scratch();
        if (scatter) {
            copies.copy(scratch, frame.operand(2), side, frame.operand(3), at, list, listAt, blockBytes, bytes, count);
        } else {
            copies.copy(scratch, frame.operand(0), at, frame.operand(2), side, list, listAt, blockBytes, bytes, count);
        }
    }
}
