package dev.balsa.asm.emulator;

import dev.balsa.asm.MachineCode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Code that is executed by the processor and emulated: both must leave the same bits in all memory that may be
/// written. For one thread at a time.
public final class ComparedCode extends MachineCode {
    private final String name;
    private final MachineCode real;
    private final MachineCode emulated;
    private final PermittedMemory memory;

    /// Compares two executions of the same code; both belong to this afterwards.
    public ComparedCode(String name, MachineCode real, MachineCode emulated, PermittedMemory memory) {
        this.name = name;
        this.real = real;
        this.emulated = emulated;
        this.memory = memory;
    }

    @Override
    public MemorySegment bytes() {
        return real.bytes();
    }

    @Override
    public long address() {
        return real.address();
    }

    @Override
    public void call(int offset, MemorySegment arguments, long from, long to) {
        var places = memory.writable();
        var before = copies(places);
        real.call(offset, arguments, from, to);
        var after = copies(places);
        for (int i = 0; i < before.size(); i++) {
            MemorySegment.copy(before.get(i), 0, places.get(i), ValueLayout.JAVA_BYTE, 0, before.get(i).length);
        }
        emulated.call(offset, arguments, from, to);
        for (int i = 0; i < after.size(); i++) {
            long differs = MemorySegment.ofArray(after.get(i)).mismatch(places.get(i));
            if (differs >= 0) {
                throw new AssertionError("%s: the emulator's memory differs from the processor's at %#x"
                        .formatted(name, places.get(i).address() + differs));
            }
        }
    }

    private static List<byte[]> copies(List<MemorySegment> places) {
        return places.stream()
                .map(place -> place.toArray(ValueLayout.JAVA_BYTE))
                .toList();
    }

    @Override
    public void close() {
        real.close();
        emulated.close();
    }
}
