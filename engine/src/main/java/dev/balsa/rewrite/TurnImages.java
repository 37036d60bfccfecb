package dev.balsa.rewrite;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;

/// Lets images have their channels last wherever kernels want them so, from the first such operator to the last.
/// Operators in between that take values in any layout are turned along ([TurnedForms]); changes of shape and
/// transpositions become other layouts of what is there. Elements are moved only where images enter, where an
/// operator needs them as the model has them, and where dimensions that are merged do not stand side by side. For
/// graphs of known shapes.
///
/// Where nothing would move, as for images of one pixel or one channel, a Reshape, which costs nothing, takes the
/// transposition's place.
///
/// @param acceptance which operators want it
public record TurnImages(Acceptance acceptance) implements Pass {
    /// Says which operators are better with channels last.
    @FunctionalInterface
    public interface Acceptance {
        /// Whether the node is to become a [dev.balsa.ir.fusion.ChannelsLast]: its first input and only output are
        /// images.
        boolean wantsChannelsLast(Node node, Graph graph);
    }

    @Override
    public String name() {
        return "TurnImages";
    }

    @Override
    public Graph apply(Graph graph, PatchBudget budget) {
        if (graph.nodes().stream().noneMatch(node -> acceptance.wantsChannelsLast(node, graph))) {
            return graph;
        }
        return new Turning(graph, acceptance, node -> budget.take(name() + " " + node.label())).run();
    }
}
