package dev.balsa.rewrite;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Set;

/// Drops nodes and constants that no output depends on.
public final class DeadCode implements Pass {
    @Override
    public String name() {
        return "DeadCode";
    }

    @Override
    public Graph apply(Graph graph, PatchBudget budget) {
        var used = new HashSet<Value>(graph.outputs());
        var kept = new ArrayList<Node>();
        for (var node : graph.nodes().reversed()) {
            if (isUsed(node, used)) {
                kept.add(node);
                used.addAll(node.inputs());
            }
        }
        Collections.reverse(kept);
        var constants = new LinkedHashMap<Value, Tensor>(graph.constants());
        constants.keySet().retainAll(used);
        if (kept.size() == graph.nodes().size()
                && constants.size() == graph.constants().size()) {
            return graph;
        }
        if (!budget.take(name())) {
            return graph;
        }
        return new Graph(graph.name(), graph.inputs(), constants, kept, graph.outputs());
    }

    private static boolean isUsed(Node node, Set<Value> used) {
        for (var output : node.outputs()) {
            if (output.isPresent() && used.contains(output)) {
                return true;
            }
        }
        return false;
    }
}
