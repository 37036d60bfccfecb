package dev.balsa.ir;

import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Builds a [Graph] node by node, inferring the types of outputs. Not thread-safe.
public final class GraphBuilder {
    private final String name;
    private final List<Value> inputs = new ArrayList<>();
    private final Map<Value, Tensor> constants = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    /// The last suffix that made a name unique; inlined functions use the same names again and again.
    private final Map<String, Integer> suffixes = new HashMap<>();
    private final NodeTyping typing = new NodeTyping(constants);
    private int fresh;

    /// An empty graph of the given name.
    public GraphBuilder(String name) {
        this.name = name;
    }

    /// A new graph input.
    public Value input(String inputName, TensorType type) {
        var value = new Value(unique(inputName), type);
        inputs.add(value);
        return value;
    }

    /// A new constant.
    public Value constant(String constantName, Tensor tensor) {
        var value = new Value(unique(constantName), TensorType.of(tensor));
        constants.put(value, tensor);
        return value;
    }

    /// A new node with as many outputs as there are names; an empty name leaves that output out.
    ///
    /// @return the outputs, [Value#NONE] where left out
    /// @throws dev.balsa.error.ShapeException if types or shapes do not fit
    public List<Value> add(String nodeName, Op op, List<Value> operands, List<String> outputNames) {
        var types = typing.infer(op, operands, outputNames.size());
        var outputs = new ArrayList<Value>();
        for (int i = 0; i < outputNames.size(); i++) {
            outputs.add(
                    outputNames.get(i).isEmpty() ? Value.NONE : new Value(unique(outputNames.get(i)), types.get(i)));
        }
        nodes.add(new Node(nodeName, op, operands, outputs));
        if (!outputs.isEmpty()) {
            typing.note(op, operands, outputs.getFirst());
        }
        return outputs;
    }

    /// A new node with one output of a fresh name.
    public Value add(Op op, Value... operands) {
        return add("", op, List.of(operands), List.of(freshName())).getFirst();
    }

    /// The tensor of a constant value.
    public Optional<Tensor> constantOf(Value value) {
        return Optional.ofNullable(constants.get(value));
    }

    /// A name that no value has yet.
    public String freshName() {
        String candidate;
        do {
            candidate = "v" + fresh++;
        } while (names.contains(candidate));
        return candidate;
    }

    private String unique(String wanted) {
        var chosen = wanted;
        while (!names.add(chosen)) {
            chosen = wanted + "." + suffixes.merge(wanted, 1, Integer::sum);
        }
        return chosen;
    }

    /// The finished graph.
    public Graph build(List<Value> outputs) {
        return new Graph(name, inputs, constants, nodes, outputs);
    }
}
