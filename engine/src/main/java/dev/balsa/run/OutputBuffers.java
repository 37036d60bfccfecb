package dev.balsa.run;

import dev.balsa.memory.LargeMemory;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The tensors that one run hands to its caller, kept for the next run once they are given back.
///
/// Thread-safe: buffers come back from any thread.
public final class OutputBuffers {
    /// Sets that are kept; more than callers are likely to hold at once would only be memory wasted.
    private static final int MOST_KEPT = 8;
    private static final long ALIGNMENT = Tensor.ALIGNMENT;
    /// Callers may hold many results; in a large page not more than a quarter of what they hold is of no use.
    private static final long LEAST_TOGETHER = 3L << 19;

    private final List<Slot.Output> slots;
    private final ArrayDeque<List<Tensor>> free = new ArrayDeque<>();

    /// @param slots of one set, in order
    public OutputBuffers(List<Slot.Output> slots) {
        this.slots = List.copyOf(slots);
    }

    /// A set of tensors, which nobody else uses until it is given back.
    public synchronized List<Tensor> take() {
        var set = free.pollLast();
        return set != null ? set : together();
    }

    /// A new set of tensors, in memory that the garbage collector frees when it is never given back.
    List<Tensor> allocate() {
        return slots.stream()
                .map(slot -> Tensor.allocate(slot.type(), slot.shape()))
                .toList();
    }

    /// The same, in one piece of whole large pages where it fills most of them.
    private List<Tensor> together() {
        long bytes = slots.stream().mapToLong(OutputBuffers::bytes).sum();
        if (bytes < LEAST_TOGETHER) {
            return allocate();
        }
        var memory = LargeMemory.allocateWhole(Arena.ofAuto(), bytes);
        var set = new ArrayList<Tensor>();
        long at = 0;
        for (var slot : slots) {
            set.add(
                    slot.type() == DataType.STRING
                            ? Tensor.allocate(slot.type(), slot.shape())
                            : Tensor.wrap(slot.type(), slot.shape(), memory.asSlice(at, bytes(slot))));
            at += bytes(slot);
        }
        return List.copyOf(set);
    }

    /// Of the piece, up to the next tensor.
    private static long bytes(Slot.Output slot) {
        return slot.type() == DataType.STRING
                ? 0
                : slot.type().bytes(slot.shape().size()) + ALIGNMENT - 1 & -ALIGNMENT;
    }

    /// Takes a set back, which nobody uses any more.
    public synchronized void giveBack(List<Tensor> set) {
        if (free.size() < MOST_KEPT) {
            free.addLast(set);
        }
    }
}
