package dev.balsa.rewrite;

import dev.balsa.error.BalsaException;
import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.elementwise.Unary;
import dev.balsa.ir.leaf.Range;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Nodes that [ConstantFolding] computes together, when one of their results is needed: functions of floats at the
/// same place, and ranges. What is between them is never a tensor.
final class FoldedChains {
    /// Constants with fewer elements are computed node by node.
    private static final long LEAST_ELEMENTS = 1024;

    /// Links that may be computed together, those counted twice that are read twice.
    static final int MOST_LINKS = 32;

    /// A node that can be computed with others.
    ///
    /// @param inputs of the node, as they are called now; each has one element, or as many as the output
    /// @param output the node's, as it is called now
    /// @param start where a range begins
    /// @param step of a range
    record Link(Node node, List<Value> inputs, Value output, double start, double step) {
        DataType type() {
            return output.type().dtype();
        }

        Shape shape() {
            return output.type().shape().known().orElseThrow();
        }
    }

    private record Pending(Link link, int length) {}

    private final Map<Value, Pending> pending = new HashMap<>();

    /// The link that a node makes, if it is of the kind and has many elements.
    ///
    /// @param inputs of the node, as they are called now
    /// @param constants what is there already
    static Optional<Link> link(Node node, List<Value> inputs, Map<Value, Tensor> constants) {
        return switch (node.op()) {
            case Range _ -> range(node, inputs, constants);
            case Unary _, Add _, Sub _, Mul _, Div _ ->
                function(node, inputs, inputs.getFirst().type().dtype());
            case Cast(var to) -> function(node, inputs, to);
            default -> Optional.empty();
        };
    }

    private static Optional<Link> range(Node node, List<Value> inputs, Map<Value, Tensor> constants) {
        var type = inputs.getFirst().type().dtype();
        var tensors = new ArrayList<Tensor>();
        inputs.forEach(value -> Optional.ofNullable(constants.get(value)).ifPresent(tensors::add));
        if (!isFloat(type) || tensors.size() != 3) {
            return Optional.empty();
        }
        var start = tensors.get(0);
        var step = tensors.get(2);
        try {
            var shape = Shape.of(Range.length(start, tensors.get(1), step));
            return link(node, List.of(), TensorType.of(type, shape), start.getDouble(0), step.getDouble(0));
        } catch (BalsaException e) {
            // It fails where it is computed alone.
            return Optional.empty();
        }
    }

    private static Optional<Link> function(Node node, List<Value> inputs, DataType type) {
        var shape = Shape.scalar();
        for (var value : inputs) {
            var own = value.type().shape().known();
            if (own.isEmpty() || !isFloat(value.type().dtype())) {
                return Optional.empty();
            }
            shape = own.get().size() > shape.size() ? own.get() : shape;
        }
        for (var value : inputs) {
            var own = value.type().shape().known().orElseThrow();
            if (!own.equals(shape) && (own.size() != 1 || own.rank() > shape.rank())) {
                return Optional.empty();
            }
        }
        return isFloat(type) ? link(node, inputs, TensorType.of(type, shape), 0, 0) : Optional.empty();
    }

    private static Optional<Link> link(Node node, List<Value> inputs, TensorType type, double start, double step) {
        long size = type.shape().known().orElseThrow().size();
        return size < LEAST_ELEMENTS
                        || size > FoldingBudget.MOST_BYTES / type.dtype().elementBytes()
                ? Optional.empty()
                : Optional.of(new Link(node, inputs, new Value(node.output(0).name(), type), start, step));
    }

    private static boolean isFloat(DataType type) {
        return type == DataType.FLOAT32 || type == DataType.FLOAT64;
    }

    /// Postpones a node.
    void add(Link link) {
        int length = 1;
        for (var value : link.inputs()) {
            length += length(value);
        }
        pending.put(link.output(), new Pending(link, length));
    }

    /// Whether the value's node was postponed.
    boolean contains(Value value) {
        return pending.containsKey(value);
    }

    /// How many links there are from constants to a value; 0 if it was not postponed.
    int length(Value value) {
        var end = pending.get(value);
        return end == null ? 0 : end.length();
    }

    /// Takes out the links that make a value, in an order in which each comes after those whose outputs it uses.
    List<Link> remove(Value value) {
        var links = new ArrayList<Link>();
        remove(value, links);
        return links;
    }

    private void remove(Value value, List<Link> links) {
        var end = pending.remove(value);
        if (end != null) {
            end.link().inputs().forEach(input -> remove(input, links));
            links.add(end.link());
        }
    }
}
