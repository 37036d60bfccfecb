package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import java.util.List;
import java.util.Optional;

/// A graph for inputs of known shapes.
///
/// @param now what can be planned: every value has a known shape, but for outputs whose shape only the run tells; no
///     node of `now` uses these
/// @param later what depends on those outputs: a graph whose inputs are values of `now`, by the same names; it gives
///     the outputs that `now` does not
/// @param outputs for each output of the original graph, the value of `now` that it is, or of `later`
public record Specialized(Graph now, Optional<Graph> later, List<Source> outputs) {
    /// Copies the lists.
    public Specialized {
        outputs = List.copyOf(outputs);
    }

    /// Where an output of the original graph comes from.
    sealed interface Source {
        /// A value of the graph that is planned now.
        record Now(Value value) implements Source {}

        /// An output of the later stage.
        record Later(int index) implements Source {}
    }

    /// Whether the shapes of a node's outputs are known only when it has run.
    static boolean isDynamic(Node node) {
        return node.outputs().stream()
                .anyMatch(value -> value.isPresent() && !value.type().shape().isKnown());
    }
}
