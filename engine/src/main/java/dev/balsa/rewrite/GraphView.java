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

/// A graph with its edges looked up: who makes a value, who uses it. For one thread.
public final class GraphView {
    private final Graph graph;
    private final Map<Value, Node> producers = new HashMap<>();
    private final Map<Value, List<Node>> consumers = new HashMap<>();
    private final Set<Value> outputs = new HashSet<>();
    private boolean isLookedThrough;

    /// A view that looks through the graph when it is first asked: most rules find nothing to ask about.
    public GraphView(Graph graph) {
        this.graph = graph;
    }

    private GraphView lookedThrough() {
        if (!isLookedThrough) {
            isLookedThrough = true;
            outputs.addAll(graph.outputs());
            graph.nodes().forEach(this::lookAt);
        }
        return this;
    }

    private void lookAt(Node node) {
        for (var value : node.outputs()) {
            if (value.isPresent()) {
                producers.put(value, node);
            }
        }
        for (var value : node.inputs()) {
            if (value.isPresent()) {
                var users = consumers.computeIfAbsent(value, _ -> new ArrayList<>(1));
                // A node that uses a value twice was added by the use before.
                if (users.isEmpty() || users.getLast() != node) {
                    users.add(node);
                }
            }
        }
    }

    /// The graph itself.
    public Graph graph() {
        return graph;
    }

    /// The node that makes a value, if a node does.
    public Optional<Node> producer(Value value) {
        return Optional.ofNullable(lookedThrough().producers.get(value));
    }

    /// The nodes that use a value, each once.
    public List<Node> consumers(Value value) {
        return lookedThrough().consumers.getOrDefault(value, List.of());
    }

    /// The only node that uses a value, if there is just one and the value is no output of the graph.
    public Optional<Node> soleConsumer(Value value) {
        var users = consumers(value);
        return users.size() == 1 && !outputs.contains(value) ? Optional.of(users.getFirst()) : Optional.empty();
    }

    /// Whether the graph gives the value to its caller.
    public boolean isOutput(Value value) {
        return lookedThrough().outputs.contains(value);
    }

    /// The tensor of a constant value.
    public Optional<Tensor> constant(Value value) {
        return graph.constant(value);
    }
}
