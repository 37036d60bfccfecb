package dev.balsa.rewrite;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A graph with its edges looked up: who makes a value, who uses it.
public final class GraphView {
    private final Graph graph;
    private final Map<Value, Node> producers = new HashMap<>();
    private final Map<Value, List<Node>> consumers = new HashMap<>();
    private final Set<Value> outputs;

    /// Looks through the graph once.
    public GraphView(Graph graph) {
        this.graph = graph;
        this.outputs = new HashSet<>(graph.outputs());
        for (var node : graph.nodes()) {
            node.outputs().stream().filter(Value::isPresent).forEach(value -> producers.put(value, node));
            node.inputs().stream()
                    .filter(Value::isPresent)
                    .distinct()
                    .forEach(value -> consumers
                            .computeIfAbsent(value, _ -> new ArrayList<>(1))
                            .add(node));
        }
    }

    /// The graph itself.
    public Graph graph() {
        return graph;
    }

    /// The node that makes a value, if a node does.
    public Optional<Node> producer(Value value) {
        return Optional.ofNullable(producers.get(value));
    }

    /// The nodes that use a value, each once.
    public List<Node> consumers(Value value) {
        return consumers.getOrDefault(value, List.of());
    }

    /// The only node that uses a value, if there is just one and the value is no output of the graph.
    public Optional<Node> soleConsumer(Value value) {
        var users = consumers(value);
        return users.size() == 1 && !outputs.contains(value) ? Optional.of(users.getFirst()) : Optional.empty();
    }

    /// Whether the graph gives the value to its caller.
    public boolean isOutput(Value value) {
        return outputs.contains(value);
    }

    /// The tensor of a constant value.
    public Optional<Tensor> constant(Value value) {
        return graph.constant(value);
    }
}
