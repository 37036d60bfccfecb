package dev.balsa.onnx.wire;

import dev.balsa.error.ResourceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Collects the runs of one repeated scalar field into [PackedScalars]: the first run is kept as a slice, and only a
/// second one makes a copy.
public final class PackedJoin {
    private MemorySegment first = WireReader.EMPTY;
    private byte[] joined = {};
    private int used;

    /// Adds a run.
    PackedJoin join(MemorySegment run) {
        if (first.byteSize() == 0 && used == 0) {
            first = run;
            return this;
        }
        if (used == 0) {
            append(first);
        }
        append(run);
        return this;
    }

    /// All runs so far.
    public PackedScalars scalars() {
        if (used > 0) {
            return new PackedScalars(MemorySegment.ofArray(Arrays.copyOf(joined, used)));
        }
        return first.byteSize() == 0 ? PackedScalars.NONE : new PackedScalars(first);
    }

    private void append(MemorySegment run) {
        long needed = used + run.byteSize();
        if (needed > Integer.MAX_VALUE - 16) {
            throw new ResourceException("repeated field in several runs is too large; expected at most 2 GiB, found "
                    + needed + " bytes; write it as one packed run");
        }
        if (needed > joined.length) {
            joined =
                    Arrays.copyOf(joined, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, 2L * joined.length)));
        }
        MemorySegment.copy(run, ValueLayout.JAVA_BYTE, 0, joined, used, (int) run.byteSize());
        used = (int) needed;
    }
}
