package dev.balsa.rewrite;

import dev.balsa.error.BalsaException;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Interpreter;
import dev.balsa.ir.Node;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.control.Control;
import dev.balsa.ir.elementwise.Elementwise;
import dev.balsa.ir.leaf.Range;
import dev.balsa.ir.quantization.DequantizeLinear;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/// A graph on its way through [ConstantFolding]. Used once.
final class FoldedGraph {
    private final Graph graph;
    private final PatchBudget budget;
    private final boolean sparesWeights;
    private final int threads;
    private final Map<Value, Tensor> constants;
    /// What the outputs of folded nodes are called now, with the shapes that they turned out to have.
    private final Map<Value, Value> renamed = new HashMap<>();
    private final List<Node> kept = new ArrayList<>();
    private final Map<Value, Integer> reads = new HashMap<>();
    private final FoldedMemory memory = new FoldedMemory();
    private final FoldedChains chains = new FoldedChains();

    FoldedGraph(Graph graph, PatchBudget budget, boolean sparesWeights, int threads) {
        this.graph = graph;
        this.budget = budget;
        this.sparesWeights = sparesWeights;
        constants = new LinkedHashMap<>(graph.constants());
        this.threads = threads;
    }

    /// The graph without the nodes that could be computed; the same graph if there are none.
    Graph fold() {
        graph.nodes().forEach(node -> node.inputs().forEach(value -> reads.merge(value, 1, Integer::sum)));
        graph.outputs().forEach(value -> reads.merge(value, 1, Integer::sum));
        for (var node : graph.nodes()) {
            var inputs = new ArrayList<Value>(node.inputs().size());
            node.inputs().forEach(value -> inputs.add(renamed.getOrDefault(value, value)));
            if (!isFoldable(node, inputs) || !postpone(node, inputs) && !compute(node, inputs)) {
                inputs.forEach(this::need);
                kept.add(node.withInputs(inputs));
            }
        }
        if (kept.size() == graph.nodes().size()) {
            return graph;
        }
        var outputs = graph.outputs().stream()
                .map(value -> renamed.getOrDefault(value, value))
                .toList();
        outputs.forEach(this::need);
        return new Graph(graph.name(), graph.inputs(), constants, kept, outputs);
    }

    private boolean isFoldable(Node node, List<Value> inputs) {
        if (node.op() instanceof Control
                || sparesWeights && isWeights(node)
                || node.outputs().isEmpty()) {
            return false;
        }
        for (var value : inputs) {
            if (value.isPresent() && !constants.containsKey(value) && !chains.contains(value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWeights(Node node) {
        return node.op() instanceof DequantizeLinear
                && Dequantized.isByte(node.input(0))
                && node.input(0).type().shape().hasRank()
                && node.input(0).type().shape().rank() >= 2;
    }

    /// Leaves the node to be computed together with others.
    private boolean postpone(Node node, List<Value> inputs) {
        var link = FoldedChains.link(node, inputs, constants);
        if (link.isEmpty() || !admits(node, inputs) || !budget.take(label(node))) {
            return false;
        }
        inputs.stream()
                .filter(value -> chains.length(value) > FoldedChains.MOST_LINKS)
                .forEach(this::need);
        chains.add(link.get());
        renamed.put(node.output(0), link.get().output());
        return true;
    }

    private static String label(Node node) {
        return "ConstantFolding " + node.label();
    }

    /// Whether the folding budget admits that the node is computed; if so, it is charged.
    private boolean admits(Node node, List<Value> inputs) {
        var shapes = new ArrayList<Shape>(inputs.size());
        for (var value : inputs) {
            if (value.isPresent()) {
                var constant = constants.get(value);
                shapes.add(constant == null ? value.type().shape().known().orElseThrow() : constant.shape());
            }
        }
        var types = new ArrayList<TensorType>();
        node.outputs().stream().filter(Value::isPresent).forEach(value -> types.add(value.type()));
        return budget.folding().take(node.op(), shapes, types);
    }

    /// Has a constant computed that was postponed.
    private void need(Value value) {
        if (!chains.contains(value)) {
            return;
        }
        var links = chains.remove(value);
        links.forEach(link -> link.node().inputs().forEach(input -> reads.merge(input, -1, Integer::sum)));
        var wanted = new LinkedHashMap<Value, Tensor>();
        for (var link : links) {
            if (link.output().equals(value) || reads.getOrDefault(link.node().output(0), 0) > 0) {
                wanted.put(link.output(), memory.allocate(link.type(), link.shape()));
            }
        }
        FoldedElements.compute(links, constants, wanted, threads);
        wanted.forEach((output, tensor) -> {
            constants.put(output, tensor);
            memory.hold(tensor);
        });
        links.forEach(link -> link.node().inputs().forEach(this::dropUnread));
    }

    /// Lets go of a constant that only folded nodes have read: weights that a graph computes step by step would
    /// otherwise be held once per step.
    private void dropUnread(Value value) {
        if (value.isPresent() && reads.getOrDefault(value, 0) == 0) {
            var constant = constants.remove(renamed.getOrDefault(value, value));
            if (constant != null && renamed.containsKey(value)) {
                memory.release(constant);
            }
        }
    }

    /// Computes a node.
    ///
    /// @return false if the node's own failure shall show when the model runs, or the budget is used up
    private boolean compute(Node node, List<Value> inputs) {
        if (!admits(node, inputs)) {
            return false;
        }
        inputs.forEach(this::need);
        var tensors = inputs.stream()
                .map(value -> Optional.ofNullable(value.isPresent() ? constants.get(value) : null))
                .toList();
        List<Tensor> results;
        try {
            results = Interpreter.evaluate(
                    node.op(), tensors, node.outputs(), node.label(), FoldingBudget.MOST_BYTES, allocator(node));
        } catch (BalsaException e) {
            // The node may never run (in a branch not taken); if it does, it fails there with its place.
            return false;
        }
        if (!budget.take(label(node))) {
            return false;
        }
        for (int i = 0; i < results.size(); i++) {
            var output = node.outputs().get(i);
            if (output.isPresent()) {
                var value = new Value(output.name(), TensorType.of(results.get(i)));
                renamed.put(output, value);
                constants.put(value, results.get(i));
                memory.hold(results.get(i));
            }
        }
        node.inputs().forEach(value -> reads.merge(value, -1, Integer::sum));
        node.inputs().forEach(this::dropUnread);
        return true;
    }

    /// Elementwise operators and ranges write every element of their outputs; others may count on zeros.
    private BiFunction<DataType, Shape, Tensor> allocator(Node node) {
        return node.op() instanceof Elementwise || node.op() instanceof Range ? memory::allocate : Tensor::allocate;
    }
}
