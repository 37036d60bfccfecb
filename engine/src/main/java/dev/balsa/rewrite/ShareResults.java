package dev.balsa.rewrite;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.control.Control;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Drops nodes that do to the same values what a node before them does; their users turn to that one's results.
/// Exporters write such nodes where they treat each user of a value by itself, as when each product quantises its
/// factor.
public final class ShareResults implements Pass {
    private record Doing(Op op, List<Value> inputs) {}

    @Override
    public String name() {
        return "ShareResults";
    }

    @Override
    public Graph apply(Graph graph, PatchBudget budget) {
        var outputs = new HashSet<>(graph.outputs());
        var known = new HashMap<Doing, Node>();
        var replaced = new HashMap<Value, Value>();
        var kept = new ArrayList<Node>();
        for (var node : graph.nodes()) {
            var inputs = node.inputs().stream()
                    .map(input -> replaced.getOrDefault(input, input))
                    .toList();
            var first = node.op() instanceof Control ? null : known.putIfAbsent(new Doing(node.op(), inputs), node);
            if (first != null && gives(first, node, outputs) && budget.take(name() + " " + node.label())) {
                share(first, node, replaced);
            } else {
                kept.add(inputs.equals(node.inputs()) ? node : node.withInputs(inputs));
            }
        }
        return replaced.isEmpty()
                ? graph
                : new Graph(graph.name(), graph.inputs(), graph.constants(), kept, graph.outputs());
    }

    /// Whether a node has all results of another one that are wanted, none of which is the graph's.
    private static boolean gives(Node first, Node other, Set<Value> outputs) {
        for (int i = 0; i < other.outputs().size(); i++) {
            var wanted = other.output(i);
            if (wanted.isPresent()
                    && (outputs.contains(wanted) || !first.output(i).isPresent())) {
                return false;
            }
        }
        return true;
    }

    private static void share(Node first, Node other, Map<Value, Value> replaced) {
        for (int i = 0; i < other.outputs().size(); i++) {
            if (other.output(i).isPresent()) {
                replaced.put(other.output(i), first.output(i));
            }
        }
    }
}
