package dev.balsa.ir;

import dev.balsa.error.InternalException;
import dev.balsa.tensor.Tensor;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A computation: inputs, constants, and nodes in an order in which each can run after those before it. Immutable.
///
/// Every value is defined once, by an input, a constant or a node, before it is used. The bodies of control
/// operators are graphs of their own that see nothing outside: what they use from around them is passed in as
/// inputs.
///
/// @param name what the model calls the graph
/// @param constants tensors by the value they define; the tensors are never written to
public record Graph(
        String name, List<Value> inputs, Map<Value, Tensor> constants, List<Node> nodes, List<Value> outputs) {
    /// Copies the collections and checks that every value is defined once, before its use.
    ///
    /// @throws InternalException if a value is used before it is defined, or defined twice
    public Graph {
        inputs = List.copyOf(inputs);
        constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
        nodes = List.copyOf(nodes);
        outputs = List.copyOf(outputs);
        check(name, inputs, constants, nodes, outputs);
    }

    private static void check(
            String name, List<Value> inputs, Map<Value, Tensor> constants, List<Node> nodes, List<Value> outputs) {
        var defined = new HashSet<Value>(2 * (inputs.size() + constants.size() + nodes.size()));
        inputs.forEach(value -> define(name, defined, value));
        constants.keySet().forEach(value -> define(name, defined, value));
        for (var node : nodes) {
            for (var value : node.inputs()) {
                use(name, defined, value);
            }
            for (var value : node.outputs()) {
                if (value.isPresent()) {
                    define(name, defined, value);
                }
            }
        }
        outputs.forEach(value -> use(name, defined, value));
    }

    private static void define(String graph, HashSet<Value> defined, Value value) {
        if (!defined.add(value)) {
            throw new InternalException("graph \"" + graph + "\": value " + value + " is defined twice");
        }
    }

    private static void use(String graph, HashSet<Value> defined, Value value) {
        if (value.isPresent() && !defined.contains(value)) {
            throw new InternalException("graph \"" + graph + "\": value " + value + " is used before it is defined");
        }
    }

    /// The constant that defines `value`, or nothing.
    public Optional<Tensor> constant(Value value) {
        return Optional.ofNullable(constants.get(value));
    }
}
