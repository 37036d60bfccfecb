package dev.balsa.kernel.amx;

import dev.balsa.kernel.Storage;
import dev.balsa.kernel.tile.Sight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// What [SplitCode] is to do: entries of some cells each.
final class Conversions {
    private static final int FIELDS = 6;
    private static final int SOURCE = 0;
    private static final int TARGET = 1;
    private static final int CELLS = 2;
    private static final int STEP = 3;
    private static final int LENGTH = 4;
    private static final int FACTORS = 5;

    /// Bytes of an entry.
    static final int BYTES = FIELDS * Long.BYTES;

    /// Bytes of an element of the left factor.
    private final int bytes;

    private long[] entries = new long[16 * FIELDS];
    private int count;

    Conversions(Storage left) {
        bytes = left.bytes();
    }

    int count() {
        return count;
    }

    /// Adds a cell, as part of the latest entry where it continues that.
    ///
    /// @param element where its elements are in the left factor's memory, or [Sight#ZEROS]
    /// @param target bytes from where the band begins
    /// @param length elements
    /// @param targetStep bytes from a cell to the next
    /// @param first whether this is the first one of a band
    void add(long element, long target, long length, long targetStep, boolean first) {
        add(element, 0, target, length, targetStep, first);
    }

    /// Adds a cell whose elements are multiplied by factors.
    ///
    /// @param factor where these are in the factors' memory
    void add(long element, long factor, long target, long length, long targetStep, boolean first) {
        long source = element == Sight.ZEROS ? Sight.ZEROS : element * bytes;
        int last = (count - 1) * FIELDS;
        boolean isAlike = !first && entries[last + LENGTH] == length && entries[last + FACTORS] == factor * Float.BYTES;
        if (isAlike && continues(last, source, target, targetStep)) {
            entries[last + STEP] = source == Sight.ZEROS ? 0 : step(last, source);
            entries[last + CELLS]++;
            return;
        }
        if (entries.length == count * FIELDS) {
            entries = Arrays.copyOf(entries, 2 * entries.length);
        }
        int at = count++ * FIELDS;
        entries[at + SOURCE] = source;
        entries[at + TARGET] = target;
        entries[at + CELLS] = 1;
        entries[at + STEP] = 0;
        entries[at + LENGTH] = length;
        entries[at + FACTORS] = factor * Float.BYTES;
    }

    /// Adds several cells at equal distances, or as many zeros.
    ///
    /// @param elementStep from a cell's elements to the next one's
    void add(long element, long elementStep, long cells, long target, long length, long targetStep, boolean first) {
        // The third of them continues the latest entry in any case, and all others after it.
        long single = Math.min(cells, 3);
        for (int i = 0; i < single; i++) {
            long at = element == Sight.ZEROS ? Sight.ZEROS : element + i * elementStep;
            add(at, target + i * targetStep, length, targetStep, first && i == 0);
        }
        entries[(count - 1) * FIELDS + CELLS] += cells - single;
    }

    private long step(int last, long source) {
        return entries[last + CELLS] == 1 ? source - entries[last + SOURCE] : entries[last + STEP];
    }

    private boolean continues(int last, long source, long target, long targetStep) {
        long cells = entries[last + CELLS];
        if (target != entries[last + TARGET] + cells * targetStep) {
            return false;
        }
        boolean wereZeros = entries[last + SOURCE] == Sight.ZEROS;
        if (source == Sight.ZEROS || wereZeros) {
            return source == Sight.ZEROS && wereZeros;
        }
        return source == entries[last + SOURCE] + cells * step(last, source);
    }

    /// The entries in memory that code reads, kept while the result is reachable.
    MemorySegment toMemory() {
        var memory = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, (long) Math.max(1, count) * FIELDS);
        MemorySegment.copy(entries, 0, memory, ValueLayout.JAVA_LONG, 0, count * FIELDS);
        return memory;
    }

    /// The fields of an entry, in bytes: the first cell's source, or [Sight#ZEROS].
    static int sourceAt() {
        return SOURCE * Long.BYTES;
    }

    /// The first cell's target.
    static int targetAt() {
        return TARGET * Long.BYTES;
    }

    /// How many cells there are.
    static int cellsAt() {
        return CELLS * Long.BYTES;
    }

    /// Bytes from a cell to the next in the source.
    static int stepAt() {
        return STEP * Long.BYTES;
    }

    /// Elements of a cell.
    static int lengthAt() {
        return LENGTH * Long.BYTES;
    }

    /// Bytes from where factors begin to those of the cells.
    static int factorsAt() {
        return FACTORS * Long.BYTES;
    }
}
