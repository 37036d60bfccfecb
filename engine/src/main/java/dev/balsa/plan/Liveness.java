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
            if (node.outputs().stream().anyMatch(values::contains)) {
                needed.add(node);
                node.inputs().stream().filter(Value::isPresent).forEach(values::add);
            }
        }
        return needed;
    }
}
