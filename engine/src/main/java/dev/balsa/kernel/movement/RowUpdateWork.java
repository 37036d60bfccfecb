package dev.balsa.kernel.movement;

import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;

/// [RowUpdateRequest]: first the cache is copied, unless it is there already; then a unit is some rows.
final class RowUpdateWork implements CodeWork {
    private static final long COPY_UNIT = 262_144;
    private static final long UNIT = 32_768;

    private final long rows;
    private final long capacity;
    private final long entries;
    private final long blockBytes;
    private final long[] firsts;
    private final long cacheBytes;
    private final long rowsPerUnit;

    RowUpdateWork(RowUpdateRequest request) {
        rows = request.rows();
        capacity = request.capacity();
        entries = request.entries();
        blockBytes = request.blockBytes();
        firsts = request.firsts().stream().mapToLong(Long::longValue).toArray();
        cacheBytes = request.cacheBytes();
        rowsPerUnit = Math.max(1, UNIT / Math.max(1, entries * blockBytes));
    }

    @Override
    public int phases() {
        return 2;
    }

    @Override
    public int units(int phase) {
        return Math.toIntExact(
                phase == 0
                        ? Math.ceilDiv(cacheBytes, COPY_UNIT)
                        : Math.ceilDiv(entries == 0 ? 0 : rows * firsts.length, rowsPerUnit));
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (phase == 0) {
            copy(frame, from * COPY_UNIT, Math.min(cacheBytes, to * COPY_UNIT));
            return;
        }
        long end = Math.min(rows * firsts.length, to * rowsPerUnit);
        for (long row = from * rowsPerUnit; row < end; row++) {
            write(frame, row, firsts[(int) (row / rows)]);
        }
    }

    private static void copy(Frame frame, long from, long to) {
        var cache = frame.operand(0);
        var output = frame.operand(2);
        if (cache.address() != output.address()) {
            Effects.copy(cache, from, output, from, to - from);
        }
    }

    private void write(Frame frame, long row, long first) {
        long behind = Math.min(entries, capacity - first);
        long source = row * entries * blockBytes;
        long target = row * capacity * blockBytes;
        Effects.copy(frame.operand(1), source, frame.operand(2), target + first * blockBytes, behind * blockBytes);
        if (behind < entries) {
            Effects.copy(
                    frame.operand(1),
                    source + behind * blockBytes,
                    frame.operand(2),
                    target,
                    (entries - behind) * blockBytes);
        }
    }
}
