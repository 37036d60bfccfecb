package dev.balsa.rewrite;

import dev.balsa.error.InternalException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Applies patches that do not touch each other's nodes.
final class Patching {
    private Patching() {}

    /// The graph with all patches applied.
    ///
    /// @throws InternalException if a patch changes the type of a value, or leaves one undefined, or defines one
    ///     twice
    static Graph apply(Graph graph, List<Patch> patches) {
        Set<Node> removed = Collections.newSetFromMap(new IdentityHashMap<>());
        var replaced = new HashMap<Value, Value>();
        var constants = new LinkedHashMap<Value, Tensor>(graph.constants());
        var added = new ArrayList<Node>();
        for (var patch : patches) {
            patch.replaced().forEach((from, to) -> checkType(patch, from, to));
            removed.addAll(patch.removed());
            replaced.putAll(patch.replaced());
            constants.putAll(patch.constants());
            added.addAll(patch.added());
        }
        var nodes = new ArrayList<Node>();
        for (var node : graph.nodes()) {
            if (!removed.contains(node)) {
                nodes.add(rename(node, replaced));
            }
        }
        added.forEach(node -> nodes.add(rename(node, replaced)));
        var outputs =
                graph.outputs().stream().map(value -> follow(value, replaced)).toList();
        return new Graph(graph.name(), graph.inputs(), constants, sorted(graph, constants, nodes), outputs);
    }

    private static void checkType(Patch patch, Value from, Value to) {
        var known = to.type().shape().known();
        if (from.type().dtype() != to.type().dtype()
                || known.isPresent() && !from.type().shape().admits(known.get())) {
            throw new InternalException("patch \"" + patch.label() + "\" puts " + to + " in the place of " + from
                    + "; expected the same type");
        }
    }

    private static Value follow(Value value, Map<Value, Value> replaced) {
        var current = value;
        for (int i = 0; i <= replaced.size() && replaced.containsKey(current); i++) {
            current = replaced.get(current);
        }
        return current;
    }

    private static Node rename(Node node, Map<Value, Value> replaced) {
        boolean changes = false;
        var inputs = new ArrayList<Value>(node.inputs().size());
        for (var value : node.inputs()) {
            var other = follow(value, replaced);
            changes |= other != value;
            inputs.add(other);
        }
        return changes ? node.withInputs(inputs) : node;
    }

    /// The nodes in an order in which each comes after those whose values it uses, otherwise as they came.
    private static List<Node> sorted(Graph graph, Map<Value, Tensor> constants, List<Node> nodes) {
        var defined = new HashSet<Value>(graph.inputs());
        defined.addAll(constants.keySet());
        defined.add(Value.NONE);
        var producers = new HashMap<Value, Node>();
        for (var node : nodes) {
            for (var value : node.outputs()) {
                if (value.isPresent() && (defined.contains(value) || producers.put(value, node) != null)) {
                    throw new InternalException("a patch defines " + value + " twice");
                }
            }
        }
        var sorted = new ArrayList<Node>(nodes.size());
        var open = new ArrayDeque<Node>();
        for (var node : nodes) {
            open.push(node);
            while (!open.isEmpty()) {
                var next = open.peek();
                var missing = missing(next, defined);
                if (missing.isEmpty() || isDone(next, defined)) {
                    open.pop();
                    if (!isDone(next, defined)) {
                        sorted.add(next);
                        defined.addAll(next.outputs());
                    }
                } else {
                    open.push(producer(missing.get(), producers, open));
                }
            }
        }
        return sorted;
    }

    /// The first input that is not there yet.
    private static Optional<Value> missing(Node node, Set<Value> defined) {
        for (var value : node.inputs()) {
            if (!defined.contains(value)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    private static boolean isDone(Node node, Set<Value> defined) {
        for (var value : node.outputs()) {
            if (value.isPresent() && defined.contains(value)) {
                return true;
            }
        }
        return false;
    }

    private static Node producer(Value value, Map<Value, Node> producers, ArrayDeque<Node> open) {
        var producer = producers.get(value);
        if (producer == null || open.contains(producer)) {
            throw new InternalException("a patch leaves " + value + " undefined, or makes it depend on itself");
        }
        return producer;
    }
}
