package dev.balsa.kernel.amx;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.amx.GatherCode.Argument;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.TileProduct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// Puts the rows of [GatheredRows] together, band by band; nothing for other layouts. Immutable and thread-safe.
///
/// @param code the routine of [GatherCode], if rows are put together
/// @param places where rows begin
/// @param segments what they consist of, for code
/// @param segmentCount how many there are
record Gathering(Optional<MachineCode> code, RowPlaces places, MemorySegment segments, int segmentCount) {
    static Gathering of(LeftLayout layout, TileProduct.Request request, int parts, Constants constants) {
        if (!(layout instanceof GatheredRows rows)) {
            return new Gathering(Optional.empty(), request.rows(), MemorySegment.NULL, 0);
        }
        var all = rows.depth().segments();
        var segments = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, 2L * all.size());
        int at = 0;
        for (var segment : all) {
            segments.setAtIndex(ValueLayout.JAVA_LONG, at++, segment.offset() * Short.BYTES);
            segments.setAtIndex(ValueLayout.JAVA_LONG, at++, (long) segment.length() * Short.BYTES);
        }
        var code = constants.code(GatherCode.name(parts), () -> GatherCode.write(parts));
        return new Gathering(Optional.of(code), request.rows(), segments, all.size());
    }

    /// Whether there is anything to do.
    boolean isNeeded() {
        return code.isPresent();
    }

    /// Bytes that [#run] needs for arguments.
    static int argumentBytes() {
        return Argument.values().length * Long.BYTES;
    }

    /// Puts the rows `from` to `to` (exclusive) together.
    ///
    /// @param flat where the flat planes begin
    /// @param first the element that they begin with
    /// @param planes where the rows are to be
    /// @param pitch bytes from a row to the next
    void run(
            MemorySegment scratch,
            long flat,
            long flatStep,
            long first,
            long planes,
            long planeStep,
            long pitch,
            int from,
            int to) {
        Argument.SOURCE.set(scratch, flat);
        Argument.SOURCE_PLANE_STEP.set(scratch, flatStep);
        Argument.TARGET.set(scratch, planes);
        Argument.PLANE_STEP.set(scratch, planeStep);
        Argument.ROW_PLACES.set(scratch, places.address());
        Argument.FIRST.set(scratch, first);
        Argument.SEGMENTS.set(scratch, segments.address());
        Argument.SEGMENT_COUNT.set(scratch, segmentCount);
        Argument.ROW_STEP.set(scratch, pitch);
        code.orElseThrow().call(0, scratch, from, to);
    }
}
