package dev.balsa.plan;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Keeps the packed forms of a model's weights in memory of the model's arena, and its machine code until it is closed.
public final class ModelConstants implements Constants, AutoCloseable {
    private static final long ALIGNMENT = 64;

    private record Key(long address, long bytes, String form) {}

    /// The source is kept along: while it lives, no other tensor can come to lie at its address.
    private record Entry(MemorySegment source, MemorySegment packed) {}

    private final Arena arena;
    private final Map<Key, Entry> entries = new ConcurrentHashMap<>();
    private final Map<String, MachineCode> codes = new ConcurrentHashMap<>();

    /// @param arena a shared arena that lives as long as the model
    public ModelConstants(Arena arena) {
        this.arena = arena;
    }

    @Override
    public MemorySegment packed(MemorySegment source, String form, long bytes, Consumer<MemorySegment> pack) {
        return entries.computeIfAbsent(new Key(source.address(), source.byteSize(), form), _ -> {
                    var memory = arena.allocate(bytes, ALIGNMENT);
                    pack.accept(memory);
                    return new Entry(source, memory.asReadOnly());
                })
                .packed();
    }

    @Override
    public MachineCode code(String name, Supplier<byte[]> writer) {
        return codes.computeIfAbsent(name, _ -> MachineCode.of(writer.get()));
    }

    /// Frees the code, which nobody runs any more; the arena is its owner's to close.
    @Override
    public void close() {
        codes.values().forEach(MachineCode::close);
        codes.clear();
    }
}
