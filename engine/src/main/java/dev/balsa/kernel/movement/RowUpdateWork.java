package dev.balsa.kernel.movement;

import dev.balsa.error.ShapeException;
import dev.balsa.kernel.CodeWork;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// [RowUpdateRequest]: first the cache is copied, unless it is there already; then a unit is some rows. Runs in
/// which places are told are not captured.
final class RowUpdateWork implements CodeWork {
    private static final long COPY_UNIT = 262_144;
    private static final long UNIT = 32_768;

    private static final int PLACES = 2;

    private final long samples;
    private final long rows;
    private final long capacity;
    private final long entries;
    private final long blockBytes;
    private final Optional<long[]> firsts;
    private final boolean circular;
    private final int output;
    private final long cacheBytes;
    private final long rowsPerUnit;

    RowUpdateWork(RowUpdateRequest request) {
        samples = request.samples();
        rows = request.rows();
        capacity = request.capacity();
        entries = request.entries();
        blockBytes = request.blockBytes();
        firsts = request.firsts()
                .map(places -> places.stream().mapToLong(Long::longValue).toArray());
        circular = request.circular();
        output = firsts.isPresent() ? PLACES : PLACES + 1;
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
                        : Math.ceilDiv(entries == 0 ? 0 : rows * samples, rowsPerUnit));
    }

    @Override
    public void run(int phase, int from, int to, Frame frame) {
        if (phase == 0) {
            copy(frame, from * COPY_UNIT, Math.min(cacheBytes, to * COPY_UNIT));
            return;
        }
        long end = Math.min(rows * samples, to * rowsPerUnit);
        for (long row = from * rowsPerUnit; row < end; row++) {
            write(frame, row, first(frame, row / rows));
        }
    }

    /// The place of a sample's first entry.
    private long first(Frame frame, long sample) {
        if (firsts.isPresent()) {
            return firsts.get()[(int) sample] % capacity;
        }
        long first = frame.operand(PLACES).get(ValueLayout.JAVA_LONG_UNALIGNED, sample * Long.BYTES);
        if (!RowUpdateRequest.isPlace(first, capacity, entries, circular)) {
            throw new ShapeException("sample " + sample + ": cannot write " + entries + " entries from place " + first
                    + " on; expected a place from 0 to " + (capacity - entries) + "; check the write_indices input");
        }
        return first % capacity;
    }

    private void copy(Frame frame, long from, long to) {
        var cache = frame.operand(0);
        var target = frame.operand(output);
        if (cache.address() != target.address()) {
            Effects.copy(cache, from, target, from, to - from);
        }
    }

    private void write(Frame frame, long row, long first) {
        long behind = Math.min(entries, capacity - first);
        long source = row * entries * blockBytes;
        long target = row * capacity * blockBytes;
        Effects.copy(frame.operand(1), source, frame.operand(output), target + first * blockBytes, behind * blockBytes);
        if (behind < entries) {
            Effects.copy(
                    frame.operand(1),
                    source + behind * blockBytes,
                    frame.operand(output),
                    target,
                    (entries - behind) * blockBytes);
        }
    }
}
