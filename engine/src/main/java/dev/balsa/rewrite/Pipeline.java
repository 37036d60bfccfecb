package dev.balsa.rewrite;

import dev.balsa.error.InternalException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.control.Control;
import java.util.ArrayList;
import java.util.List;

/// Passes that are run in turn until none of them changes anything. Immutable.
///
/// @param passes in order
public record Pipeline(List<Pass> passes) {
    /// More rounds than this over all passes mean that two of them undo each other's work.
    private static final int MOST_ROUNDS = 100;

    /// Copies the list.
    public Pipeline {
        passes = List.copyOf(passes);
    }

    /// The rewritten graph; bodies of control operators are rewritten as well.
    public Graph run(Graph graph) {
        return run(graph, PatchBudget.unlimited());
    }

    /// The graph rewritten by as many patches as the budget allows.
    ///
    /// @throws InternalException if the passes do not come to an end
    public Graph run(Graph graph, PatchBudget budget) {
        var current = withBodies(graph, budget);
        // Passes in a row, the last ones, that have seen this graph.
        int idle = 0;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            for (var pass : passes) {
                var next = pass.apply(current, budget);
                idle = next == current ? idle + 1 : 0;
                if (idle == passes.size()) {
                    return next;
                }
                current = next;
            }
        }
        throw new InternalException("rewriting of graph \"" + graph.name() + "\" does not come to an end after "
                + MOST_ROUNDS + " rounds; last patches: " + last(budget.applied()));
    }

    private static List<String> last(List<String> labels) {
        return labels.subList(Math.max(0, labels.size() - 6), labels.size());
    }

    private Graph withBodies(Graph graph, PatchBudget budget) {
        if (graph.nodes().stream().noneMatch(node -> node.op() instanceof Control)) {
            return graph;
        }
        var nodes = new ArrayList<Node>();
        for (var node : graph.nodes()) {
            nodes.add(
                    node.op() instanceof Control control
                            ? new Node(node.name(), rewritten(control, budget), node.inputs(), node.outputs())
                            : node);
        }
        return new Graph(graph.name(), graph.inputs(), graph.constants(), nodes, graph.outputs());
    }

    private Control rewritten(Control control, PatchBudget budget) {
        return control.withBodies(
                control.bodies().stream().map(body -> run(body, budget)).toList());
    }
}
