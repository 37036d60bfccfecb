package dev.balsa.plan;

import dev.balsa.kernel.Constants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Keeps the packed forms of a model's weights in memory of the model's arena.
public final class PackedConstants implements Constants {
    private static final long ALIGNMENT = 64;

    private record Key(long address, long bytes, String form) {}

    /// The source is kept along: while it lives, no other tensor can come to lie at its address.
    private record Entry(MemorySegment source, MemorySegment packed) {}

    private final Arena arena;
    private final Map<Key, Entry> entries = new ConcurrentHashMap<>();

    /// @param arena a shared arena that lives as long as the model
    public PackedConstants(Arena arena) {
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
}
