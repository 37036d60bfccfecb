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

/// Chooses kernels for nodes ahead, by several threads: packing their weights and writing their code takes most of the
/// time of planning.
///
/// What fails here is left out, so that the caller meets the failure in the order of the nodes.
final class KernelChoices {
    /// Weights that are packed within a millisecond or two are not worth a thread,
    private static final long LEAST_BYTES = 4L << 20;

    /// nor are a few nodes: code for one is written within a tenth of a millisecond or, in a process that has just
    /// started, a few tenths.
    private static final int LEAST_NODES = 32;

    private final List<Node> nodes;
    private final Function<Node, Optional<KernelChoice>> lowering;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, Optional<KernelChoice>> made = new ConcurrentHashMap<>();

    private KernelChoices(List<Node> nodes, Function<Node, Optional<KernelChoice>> lowering) {
        this.nodes = nodes;
        this.lowering = lowering;
    }

    /// The choices, by the nodes' identity; none if it is not worth it.
    ///
    /// @param lowering may be called by any thread
    static Map<Node, Optional<KernelChoice>> of(
            List<Node> nodes,
            Iterable<Tensor> constants,
            int threads,
            Function<Node, Optional<KernelChoice>> lowering) {
        long bytes = 0;
        for (var constant : constants) {
            bytes += constant.memory().byteSize();
        }
        if (threads == 1 || bytes < LEAST_BYTES && nodes.size() < LEAST_NODES) {
            return Map.of();
        }
        return new KernelChoices(nodes, lowering).make(threads);
    }

    private Map<Node, Optional<KernelChoice>> make(int threads) {
        Helpers.run(Math.min(threads, nodes.size()), "balsa-plan", this::work);
        var choices = new IdentityHashMap<Node, Optional<KernelChoice>>();
        made.forEach((index, choice) -> choices.put(nodes.get(index), choice));
        return choices;
    }

    private void work() {
        for (int i = next.getAndIncrement(); i < nodes.size(); i = next.getAndIncrement()) {
            try {
                made.put(i, lowering.apply(nodes.get(i)));
            } catch (RuntimeException | OutOfMemoryError | StackOverflowError _) {
                // Met again by whoever asks for this node's kernel.
            }
        }
    }
}
