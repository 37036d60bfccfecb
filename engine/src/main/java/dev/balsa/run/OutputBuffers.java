package dev.balsa.run;

import dev.balsa.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.List;

/// The tensors that one run hands to its caller, kept for the next run once they are given back.
///
/// Thread-safe: buffers come back from any thread.
final class OutputBuffers {
    /// Sets that are kept; more than callers are likely to hold at once would only be memory wasted.
    private static final int MOST_KEPT = 8;

    private final List<Slot.Output> slots;
    private final ArrayDeque<List<Tensor>> free = new ArrayDeque<>();

    OutputBuffers(List<Slot.Output> slots) {
        this.slots = List.copyOf(slots);
    }

    /// A set of tensors, which nobody else uses until it is given back.
    synchronized List<Tensor> take() {
        var set = free.pollLast();
        return set != null ? set : allocate();
    }

    /// A new set of tensors, in memory that the garbage collector frees when it is never given back.
    List<Tensor> allocate() {
        return slots.stream()
                .map(slot -> Tensor.allocate(slot.type(), slot.shape()))
                .toList();
    }

    /// Takes a set back, which nobody uses any more.
    synchronized void giveBack(List<Tensor> set) {
        if (free.size() < MOST_KEPT) {
            free.addLast(set);
        }
    }
}
