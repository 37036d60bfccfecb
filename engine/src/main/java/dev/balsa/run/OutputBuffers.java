package dev.balsa.run;

import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The tensors that one run hands to its caller, kept for the next run once they are given back.
///
/// Thread-safe: buffers come back from any thread.
public final class OutputBuffers implements AutoCloseable {
    /// Sets that are kept; more than callers are likely to hold at once would only be memory wasted.
    private static final int MOST_KEPT = 8;

    /// One set of output tensors with the memory that they lie in.
    public static final class Set {
        private final Arena arena;
        private final List<Tensor> tensors;

        private Set(Arena arena, List<Tensor> tensors) {
            this.arena = arena;
            this.tensors = tensors;
        }

        List<Tensor> tensors() {
            return tensors;
        }
    }

    private final List<Slot.Output> slots;
    private final ArrayDeque<Set> free = new ArrayDeque<>();
    private boolean closed;

    OutputBuffers(List<Slot.Output> slots) {
        this.slots = List.copyOf(slots);
    }

    synchronized Set take() {
        var set = free.pollLast();
        return set != null ? set : create();
    }

    private Set create() {
        var arena = Arena.ofShared();
        return new Set(arena, allocate(arena));
    }

    private List<Tensor> allocate(Arena arena) {
        var tensors = new ArrayList<Tensor>();
        slots.forEach(slot -> tensors.add(Tensor.allocate(slot.type(), slot.shape(), arena)));
        return tensors;
    }

    /// New tensors that the garbage collector frees.
    List<Tensor> unpooled() {
        return allocate(Arena.ofAuto());
    }

    /// Takes a set back, which nobody uses any more.
    public synchronized void giveBack(Set set) {
        if (closed || free.size() >= MOST_KEPT) {
            set.arena.close();
        } else {
            free.addLast(set);
        }
    }

    /// Frees the sets that are here; those out are freed when they come back.
    @Override
    public synchronized void close() {
        closed = true;
        free.forEach(set -> set.arena.close());
        free.clear();
    }
}
