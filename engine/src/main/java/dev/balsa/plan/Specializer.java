package dev.balsa.plan;

import dev.balsa.error.BalsaException;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Node;
import dev.balsa.ir.NodeTyping;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.control.Control;
import dev.balsa.rewrite.FoldingBudget;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Fixes the input shapes of a graph. For one graph and one combination of shapes.
///
/// Every node is typed again; what then follows from shapes and constants alone is computed once, here. A node
/// whose output shapes depend on values ends the first stage for all that depends on it.
final class Specializer {
    /// A result that follows from shapes is computed when planning if it has at most this many elements; larger
    /// ones (masks of long sequences) cost less time in the run than memory here.
    private static final long MOST_FOLDED = 1 << 16;

    private final Graph graph;
    private final Map<Value, Value> retyped = new HashMap<>();
    private final Map<Value, Tensor> constants;
    private final NodeTyping typing;
    private final List<Node> nodes = new ArrayList<>();
    private final FoldingBudget folding = new FoldingBudget();
    private final List<Node> later = new ArrayList<>();
    /// Values, by their old selves, whose shapes only the run tells.
    private final Set<Value> unknown = new HashSet<>();
    private final Set<Value> deferred = new HashSet<>();

    private Specializer(Graph graph) {
        this.graph = graph;
        this.constants = new LinkedHashMap<>(graph.constants());
        this.typing = new NodeTyping(constants);
    }

    /// The graph for inputs of the given types, which have known shapes.
    ///
    /// @throws BalsaException if the shapes do not fit; names the node
    static Specialized specialize(Graph graph, List<TensorType> inputs) {
        var self = new Specializer(graph);
        for (int i = 0; i < inputs.size(); i++) {
            var input = graph.inputs().get(i);
            self.retyped.put(input, new Value(input.name(), inputs.get(i)));
        }
        var needed = Liveness.needed(graph);
        for (var node : graph.nodes()) {
            if (needed.contains(node)) {
                try {
                    self.add(node);
                } catch (BalsaException e) {
                    throw e.within(node.label());
                }
            }
        }
        return self.finish();
    }

    private Value now(Value value) {
        return retyped.getOrDefault(value, value);
    }

    private void add(Node node) {
        if (node.inputs().stream().anyMatch(value -> unknown.contains(value) || deferred.contains(value))) {
            later.add(node);
            node.outputs().stream().filter(Value::isPresent).forEach(deferred::add);
            return;
        }
        var inputs = node.inputs().stream().map(this::now).toList();
        var types = typing.infer(node.op(), inputs, node.outputs().size());
        if (fold(node, inputs, types)) {
            return;
        }
        var outputs = new ArrayList<Value>();
        for (int i = 0; i < types.size(); i++) {
            var output = node.outputs().get(i);
            var value = output.isPresent() ? new Value(output.name(), types.get(i)) : Value.NONE;
            outputs.add(value);
            if (output.isPresent()) {
                retyped.put(output, value);
            }
        }
        var specialized = new Node(node.name(), node.op(), inputs, outputs);
        nodes.add(specialized);
        if (Specialized.isDynamic(specialized)) {
            node.outputs().stream().filter(Value::isPresent).forEach(unknown::add);
        }
        noteContents(node, inputs, outputs);
    }

    private void noteContents(Node node, List<Value> inputs, List<Value> outputs) {
        if (outputs.isEmpty() || !outputs.getFirst().isPresent()) {
            return;
        }
        typing.note(node.op(), inputs, outputs.getFirst());
    }

    /// Replaces the node by constants, where its results follow from shapes and constants.
    private boolean fold(Node node, List<Value> inputs, List<TensorType> types) {
        if (node.op() instanceof Control || node.outputs().isEmpty()) {
            return false;
        }
        boolean constant = inputs.stream().allMatch(value -> !value.isPresent() || constants.containsKey(value));
        return constant ? foldEvaluated(node, inputs, types) : foldContents(node, inputs, types);
    }

    private boolean foldEvaluated(Node node, List<Value> inputs, List<TensorType> types) {
        for (int i = 0; i < types.size(); i++) {
            var shape = types.get(i).shape().known();
            if (node.outputs().get(i).isPresent() && shape.map(Shape::size).orElse(0L) > MOST_FOLDED) {
                return false;
            }
        }
        var tensors = inputs.stream()
                .map(value -> Optional.ofNullable(value.isPresent() ? constants.get(value) : null))
                .toList();
        var given =
                tensors.stream().flatMap(Optional::stream).map(Tensor::shape).toList();
        if (!folding.take(node.op(), given, types)) {
            return false;
        }
        var results = Interpreter.evaluate(node.op(), tensors, node.outputs(), node.label(), FoldingBudget.MOST_BYTES);
        for (int i = 0; i < results.size(); i++) {
            if (node.outputs().get(i).isPresent()) {
                define(node.outputs().get(i), results.get(i));
            }
        }
        return true;
    }

    private boolean foldContents(Node node, List<Value> inputs, List<TensorType> types) {
        var output = node.outputs().getFirst();
        var type = types.getFirst();
        if (!output.isPresent()
                || node.outputs().size() != 1
                || !type.shape().isKnown()
                || !type.dtype().isInteger()) {
            return false;
        }
        typing.note(node.op(), inputs, new Value(output.name(), type));
        var contents = typing.contents(new Value(output.name(), type));
        if (contents.isEmpty() || !contents.get().stream().allMatch(Dim::isKnown)) {
            return false;
        }
        var shape = type.shape().known().orElseThrow();
        if (shape.rank() > 1 || shape.size() != contents.get().size()) {
            return false;
        }
        define(output, tensor(type.dtype(), shape, contents.get()));
        return true;
    }

    private static Tensor tensor(DataType type, Shape shape, List<Dim> contents) {
        var tensor = Tensor.allocate(type, shape);
        for (int i = 0; i < contents.size(); i++) {
            tensor.setLong(i, contents.get(i).get());
        }
        return tensor;
    }

    private void define(Value old, Tensor tensor) {
        var value = new Value(old.name(), TensorType.of(tensor));
        retyped.put(old, value);
        constants.put(value, tensor);
    }

    private Specialized finish() {
        var outputs = new ArrayList<Specialized.Source>();
        var laterOutputs = new ArrayList<Value>();
        var nowOutputs = new LinkedHashSet<Value>();
        for (var output : graph.outputs()) {
            if (deferred.contains(output)) {
                outputs.add(new Specialized.Source.Later(laterOutputs.size()));
                laterOutputs.add(output);
            } else {
                outputs.add(new Specialized.Source.Now(now(output)));
                nowOutputs.add(now(output));
            }
        }
        var rest = later.isEmpty() ? Optional.<Graph>empty() : Optional.of(laterGraph(laterOutputs));
        rest.ifPresent(stage -> nowOutputs.addAll(stage.inputs()));
        var inputs = graph.inputs().stream().map(this::now).toList();
        var used = used(nowOutputs);
        constants.keySet().retainAll(used);
        return new Specialized(
                new Graph(graph.name(), inputs, constants, nodes, List.copyOf(nowOutputs)), rest, outputs);
    }

    private Set<Value> used(Set<Value> outputs) {
        var used = new HashSet<>(outputs);
        nodes.forEach(node -> used.addAll(node.inputs()));
        return used;
    }

    /// The nodes that wait for shapes, with what they take from this stage as inputs.
    private Graph laterGraph(List<Value> outputs) {
        var inputs = new LinkedHashSet<Value>();
        var kept = new LinkedHashMap<Value, Tensor>();
        var nodesNow = new ArrayList<Node>();
        for (var node : later) {
            var operands = new ArrayList<Value>();
            for (var value : node.inputs()) {
                var operand = deferred.contains(value) ? value : now(value);
                operands.add(operand);
                if (constants.containsKey(operand)) {
                    kept.put(operand, constants.get(operand));
                } else if (operand.isPresent() && !deferred.contains(value)) {
                    inputs.add(operand);
                }
            }
            nodesNow.add(node.withInputs(operands));
        }
        return new Graph(graph.name(), List.copyOf(inputs), kept, nodesNow, outputs);
    }
}
