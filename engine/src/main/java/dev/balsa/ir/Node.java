package dev.balsa.ir;

import java.util.List;

/// One application of an operator. Immutable.
///
/// @param name what the model calls the node, for messages; need not be unique
/// @param inputs in the operator's order, [Value#NONE] where an optional input is left out
/// @param outputs in the operator's order, [Value#NONE] where an optional output is not wanted
public record Node(String name, Op op, List<Value> inputs, List<Value> outputs) {
    /// Copies the lists.
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /// Input `index`, [Value#NONE] if left out.
    public Value input(int index) {
        return index < inputs.size() ? inputs.get(index) : Value.NONE;
    }

    /// Output `index`, [Value#NONE] if not wanted.
    public Value output(int index) {
        return index < outputs.size() ? outputs.get(index) : Value.NONE;
    }

    /// The same node with other inputs.
    public Node withInputs(List<Value> others) {
        return new Node(name, op, others, outputs);
    }

    /// How messages name this node: `Conv "conv1"`.
    public String label() {
        return op.schema().name() + " \"" + name + "\"";
    }
}
