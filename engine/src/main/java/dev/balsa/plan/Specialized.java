package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import java.util.List;
import java.util.Optional;

/// A graph for inputs of known shapes.
///
/// @param now what can be planned: every value has a known shape, but for the outputs of `dynamic` nodes
/// @param dynamic those nodes of `now` whose output shapes only the run tells
/// @param later what depends on those outputs: a graph whose inputs are values of `now`, by the same names; it gives the
///     outputs that `now` does not
/// @param outputs for each output of the original graph, the value of `now` that it is, or of `later`
public record Specialized(Graph now, List<Node> dynamic, Optional<Graph> later, List<Source> outputs) {
    /// Copies the lists.
    public Specialized {
        dynamic = List.copyOf(dynamic);
        outputs = List.copyOf(outputs);
    }

    /// Where an output of the original graph comes from.
    sealed interface Source {
        /// A value of the graph that is planned now.
        record Now(Value value) implements Source {}

        /// An output of the later stage.
        record Later(int index) implements Source {}
    }

    /// Whether an output of `now` has a shape that only the run tells.
    boolean isDynamic(Value value) {
        return dynamic.stream().anyMatch(node -> node.outputs().contains(value));
    }
}
