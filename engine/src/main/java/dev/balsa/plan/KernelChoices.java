package dev.balsa.plan;

import dev.balsa.ir.Node;
import dev.balsa.rewrite.Helpers;
import dev.balsa.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;

/// Chooses kernels for nodes ahead, and prepares their works, by several threads: packing weights and writing code
/// takes
/// most of the time of planning.
///
/// What fails here is left out, so that the caller meets the failure in the order of the nodes.
final class KernelChoices {
    /// Weights that are packed within a millisecond or two are not worth a thread,
    private static final long LEAST_BYTES = 4L << 20;

    /// nor are a few nodes: code for one is written within a tenth of a millisecond or, in a process that has just
    /// started, a few tenths.
    private static final int LEAST_NODES = 32;

    private final int threads;

    /// @param nodes of which kernels are to be chosen
    /// @param constants that are to be packed
    /// @param threads how many there may be, at least 1
    KernelChoices(List<Node> nodes, Iterable<Tensor> constants, int threads) {
        long bytes = 0;
        for (var constant : constants) {
            bytes += constant.memory().byteSize();
        }
        this.threads = bytes < LEAST_BYTES && nodes.size() < LEAST_NODES ? 1 : threads;
    }

    /// The choices, by the nodes' identity.
    ///
    /// @param lowering may be called by any thread
    Map<Node, Optional<KernelChoice>> choose(List<Node> nodes, Function<Node, Optional<KernelChoice>> lowering) {
        Map<Integer, Optional<KernelChoice>> made = new ConcurrentHashMap<>();
        each(nodes.size(), i -> made.put(i, lowering.apply(nodes.get(i))));
        var choices = new IdentityHashMap<Node, Optional<KernelChoice>>();
        made.forEach((index, choice) -> choices.put(nodes.get(index), choice));
        return choices;
    }

    /// Prepares works, as far as that is worth doing ahead.
    void prepare(List<KernelChoice> choices) {
        if (threads > 1) {
            each(choices.size(), i -> choices.get(i).work());
        }
    }

    private void each(int count, IntConsumer action) {
        var next = new AtomicInteger();
        Helpers.run(Math.clamp(count, 1, threads), "balsa-plan", () -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                try {
                    action.accept(i);
                } catch (RuntimeException | OutOfMemoryError | StackOverflowError _) {
                    // Met again by whoever asks for this node's kernel.
                }
            }
        });
    }
}
