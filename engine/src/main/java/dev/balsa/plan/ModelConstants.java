package dev.balsa.plan;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.memory.LargeMemory;
import dev.balsa.run.Uninterruptibly;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// Keeps the packed forms of a model's weights in memory of the model's arena, and its machine code until it is
/// closed.
public final class ModelConstants implements Constants, AutoCloseable {
    private static final long ALIGNMENT = 64;
    /// Small packed operands share pieces of so many bytes.
    private static final long PIECE = 8L << 20;

    /// Fewer bytes share most of their pages with other weights, which may be needed next.
    private static final long LEAST_LEFT = 64L << 10;

    private record Key(long address, long bytes, String form) {}

    /// The source is kept along: while it lives, no other tensor can come to lie at its address.
    private record Entry(MemorySegment source, MemorySegment packed) {}

    private final Arena arena;
    private final Map<Key, Once<Entry>> entries = new ConcurrentHashMap<>();
    private MemorySegment piece = MemorySegment.NULL;
    private final Map<String, Once<MachineCode>> codes = new ConcurrentHashMap<>();

    /// One piece each of code that was made before: closing it closes all of its kind.
    private final List<MachineCode> adopted = new CopyOnWriteArrayList<>();

    private final Optional<CodeFiles> files;
    private final Function<byte[], MachineCode> maker;
    /// Whether code can be called by other code.
    private final boolean isNative;
    /// What is done beside runs, one after the other.
    private Thread background = Thread.ofPlatform().unstarted(() -> {});

    private boolean isClosing;

    /// @param arena a shared arena that lives as long as the model
    public ModelConstants(Arena arena) {
        this(arena, Optional.empty());
    }

    /// @param arena a shared arena that lives as long as the model
    /// @param files get all code that is made
    public ModelConstants(Arena arena, Optional<CodeFiles> files) {
        this(arena, files, MachineCode::of, true);
    }

    /// @param maker makes code callable, by Java only
    ModelConstants(Arena arena, Optional<CodeFiles> files, Function<byte[], MachineCode> maker) {
        this(arena, files, maker, false);
    }

    private ModelConstants(
            Arena arena, Optional<CodeFiles> files, Function<byte[], MachineCode> maker, boolean isNative) {
        this.isNative = isNative;
        this.arena = arena;
        this.files = files;
        this.maker = maker;
    }

    @Override
    public MemorySegment packed(MemorySegment source, String form, long bytes, Consumer<MemorySegment> pack) {
        return entries.computeIfAbsent(new Key(source.address(), source.byteSize(), form), _ -> new Once<>())
                .get(() -> {
                    var memory = take(bytes);
                    pack.accept(memory);
                    leaveToFile(source);
                    return new Entry(source, memory.asReadOnly());
                })
                .packed();
    }

    /// Weights that have been packed are seldom read from the file again, and come back from it where they are:
    /// without this they would be in memory twice.
    private static void leaveToFile(MemorySegment source) {
        if (source.isMapped() && source.byteSize() >= LEAST_LEFT) {
            source.unload();
        }
    }

    /// Zeros, from a larger piece.
    private synchronized MemorySegment take(long bytes) {
        long rounded = (bytes + ALIGNMENT - 1) & -ALIGNMENT;
        if (rounded > piece.byteSize()) {
            if (rounded > PIECE / 2) {
                return LargeMemory.allocate(arena, bytes);
            }
            piece = LargeMemory.allocate(arena, PIECE);
        }
        var taken = piece.asSlice(0, bytes);
        piece = piece.asSlice(rounded);
        return taken;
    }

    @Override
    public MachineCode code(String name, Supplier<byte[]> writer) {
        return codes.computeIfAbsent(name, _ -> new Once<>()).get(() -> {
            var bytes = writer.get();
            var code = maker.apply(bytes);
            files.ifPresent(all -> all.add(name, bytes, code));
            return code;
        });
    }

    /// The code that was made, by name.
    Map<String, MachineCode> codes() {
        var made = new HashMap<String, MachineCode>();
        codes.forEach((name, code) -> code.made().ifPresent(known -> made.put(name, known)));
        return made;
    }

    /// Makes code callable that was made before, the pieces at these places, under these names where they are new.
    List<MachineCode> adopt(List<String> names, MemorySegment code, long[] places) {
        if (names.isEmpty()) {
            return List.of();
        }
        var pieces = MachineCode.of(code, places);
        adopted.add(pieces.getFirst());
        for (int i = 0; i < places.length; i++) {
            var piece = pieces.get(i);
            codes.computeIfAbsent(names.get(i), _ -> new Once<>()).get(() -> piece);
        }
        return pieces;
    }

    /// Zeros that live as long as the model.
    MemorySegment allocate(long bytes) {
        return LargeMemory.allocate(arena, bytes);
    }

    /// Does something with memory and code beside runs, on a thread of its own: where code can be called by code,
    /// and unless this is closed before.
    synchronized void later(Runnable task) {
        if (isClosing || !isNative) {
            return;
        }
        var before = background;
        background = Thread.ofPlatform().daemon().name("balsa-capture").start(() -> {
            Uninterruptibly.join(before);
            if (!isClosing()) {
                task.run();
            }
        });
    }

    private synchronized boolean isClosing() {
        return isClosing;
    }

    private Thread closing() {
        synchronized (this) {
            isClosing = true;
            return background;
        }
    }

    /// Frees the code, which nobody runs any more; the arena is its owner's to close.
    @Override
    public void close() {
        Uninterruptibly.join(closing());
        codes().values().forEach(MachineCode::close);
        codes.clear();
        adopted.forEach(MachineCode::close);
    }
}
