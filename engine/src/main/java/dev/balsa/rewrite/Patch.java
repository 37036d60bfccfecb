package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A change of a graph: nodes that go, nodes and constants that come, and values whose users turn to others.
///
/// @param label says what is done and where
/// @param removed nodes of the graph
/// @param added nodes that use values of the graph or of each other, in order; they may define the values of removed
///     nodes
/// @param constants new constants by value
/// @param replaced for values of removed nodes that are defined no more: what their users shall use
public record Patch(
        String label, List<Node> removed, List<Node> added, Map<Value, Tensor> constants, Map<Value, Value> replaced) {
    /// Copies the collections.
    public Patch {
        removed = List.copyOf(removed);
        added = List.copyOf(added);
        constants = new LinkedHashMap<>(constants);
        replaced = Map.copyOf(replaced);
    }

    /// A patch that puts one node in the place of several.
    public static Patch fuse(String label, List<Node> removed, Node added) {
        return new Patch(label, removed, List.of(added), Map.of(), Map.of());
    }

    /// A patch that lets the users of a node's first output use another value.
    public static Patch bypass(String label, Node node, Value other) {
        return new Patch(label, List.of(node), List.of(), Map.of(), Map.of(node.output(0), other));
    }
}
