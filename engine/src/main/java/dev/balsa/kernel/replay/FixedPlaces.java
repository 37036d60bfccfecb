package dev.balsa.kernel.replay;

import dev.balsa.asm.MachineCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The memory and code that commands refer to beside what the frame has: the same in each run. Thread-safe.
public final class FixedPlaces {
    private final List<Object> places;
    /// Addresses are those of this process, so what was read from a file makes its own table.
    private transient volatile @Nullable MemorySegment table;

    /// @param places memory segments and pieces of code
    FixedPlaces(List<Object> places) {
        this.places = List.copyOf(places);
    }

    /// Where the addresses of all are, 64 bits each; always the same, and lives as long as this.
    long table() {
        var known = table;
        return (known == null ? madeOnce() : known).address();
    }

    /// Whoever has the address does not hold the table: another one in its place would free it.
    private synchronized MemorySegment madeOnce() {
        var known = table;
        if (known == null) {
            known = made();
            table = known;
        }
        return known;
    }

    private MemorySegment made() {
        var addresses = new long[places.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = places.get(i) instanceof MachineCode code
                    ? code.address()
                    : ((MemorySegment) places.get(i)).address();
        }
        var made = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, Math.max(1, addresses.length));
        MemorySegment.copy(MemorySegment.ofArray(addresses), 0, made, 0, (long) addresses.length * Long.BYTES);
        return made;
    }
}
