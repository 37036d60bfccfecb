package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;

/// Which nodes of a graph its outputs need.
final class Liveness {
    private Liveness() {}

    /// The nodes (by identity) that some output depends on.
    static Set<Node> needed(Graph graph) {
        var values = new HashSet<Value>(graph.outputs());
        Set<Node> needed = Collections.newSetFromMap(new IdentityHashMap<>());
        for (var node : graph.nodes().reversed()) {
            if (isNeeded(node, values)) {
                needed.add(node);
                values.addAll(node.inputs());
            }
        }
        return needed;
    }

    private static boolean isNeeded(Node node, Set<Value> values) {
        for (var output : node.outputs()) {
            if (output.isPresent() && values.contains(output)) {
                return true;
            }
        }
        return false;
    }
}
