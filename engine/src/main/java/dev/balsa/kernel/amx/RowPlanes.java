package dev.balsa.kernel.amx;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Storage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.LongStream;

/// Rows of a left factor that only the run tells, split into planes of bfloat16 parts in a worker's memory, where
/// tiles of them are loaded. Rows that nobody has split hold anything; products with them come to no other row.
///
/// Immutable and thread-safe.
public final class RowPlanes {
    private static final int LINE = 64;
    /// The entry that tells the routine what to split stands behind its arguments.
    private static final int ENTRY = LINE;

    private final int parts;
    private final int rows;
    private final int depth;
    private final MachineCode code;
    private final MemorySegment starts;
    private final MemorySegment steps;

    /// Prepares to split; has code written where it is new.
    ///
    /// @param rows at most, a multiple of a tile's
    /// @param depth the most steps of depth
    public RowPlanes(AmxFamily family, int rows, int depth, Constants constants) {
        parts = family.parts();
        this.rows = rows;
        this.depth = depth;
        code = constants.code(
                SplitCode.name(parts, Storage.FLOATS, false), () -> SplitCode.write(parts, Storage.FLOATS, false));
        starts = table(rows / Tiles.ROWS, Tiles.ROWS * stride());
        steps = table(Math.ceilDiv(depth, Tiles.DEPTH), Tiles.ROW_BYTES);
    }

    private static MemorySegment table(int count, long distance) {
        return Arena.ofAuto()
                .allocateFrom(
                        ValueLayout.JAVA_LONG,
                        LongStream.range(0, count).map(i -> i * distance).toArray());
    }

    /// Bytes from a row to the next: an odd number of lines, so that rows fall into different sets of the caches.
    long stride() {
        return (Tiles.filled(depth) * (long) Short.BYTES / LINE | 1) * LINE;
    }

    /// Bytes from a plane to the next, likewise.
    long planeStep() {
        return (rows * stride() / LINE | 1) * LINE;
    }

    /// Bytes of all planes.
    public long bytes() {
        return parts * planeStep();
    }

    /// For each tile of rows, where it begins.
    long starts() {
        return starts.address();
    }

    /// For each step of depth, where it begins in a row.
    long steps() {
        return steps.address();
    }

    /// Splits rows; zeros fill up their last step.
    ///
    /// @param scratch the worker's memory, whose beginning is for arguments
    /// @param source the address of the first of them
    /// @param sourceStep elements from one to the next
    /// @param count how many
    /// @param length elements of a row that are split
    /// @param planes the address of the first plane
    /// @param first the number of the first of them
    public void split(
            MemorySegment scratch, long source, long sourceStep, int count, int length, long planes, int first) {
        SplitCode.Argument.SOURCE.set(scratch, source);
        SplitCode.Argument.TARGET.set(scratch, planes + first * stride());
        SplitCode.Argument.PLANE_STEP.set(scratch, planeStep());
        SplitCode.Argument.ENTRIES.set(scratch, scratch.address() + ENTRY);
        SplitCode.Argument.CELL_STEP.set(scratch, stride());
        Effects.putLong(scratch, ENTRY + Conversions.sourceAt(), 0);
        Effects.putLong(scratch, ENTRY + Conversions.targetAt(), 0);
        Effects.putLong(scratch, ENTRY + Conversions.cellsAt(), count);
        Effects.putLong(scratch, ENTRY + Conversions.stepAt(), sourceStep * Float.BYTES);
        Effects.putLong(scratch, ENTRY + Conversions.lengthAt(), length);
        Effects.putLong(scratch, ENTRY + Conversions.factorsAt(), 0);
        code.call(0, scratch, 0, 1);
    }
}
