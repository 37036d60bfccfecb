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

/// Computes nodes whose inputs are all constants, by their plain definitions.
///
/// @param sparesWeights whether matrices and more of 8-bit integers are not dequantised, so that rules see what
///     they are
public record ConstantFolding(boolean sparesWeights) implements Pass {
    @Override
    public String name() {
        return "ConstantFolding";
    }

    @Override
    public Graph apply(Graph graph, PatchBudget budget) {
        var constants = new LinkedHashMap<Value, Tensor>(graph.constants());
        var renamed = new HashMap<Value, Value>();
        var kept = new ArrayList<Node>();
        var reads = reads(graph);
        var memory = new FoldedMemory();
        for (var node : graph.nodes()) {
            var inputs = node.inputs().stream()
                    .map(value -> renamed.getOrDefault(value, value))
                    .toList();
            if (!isFoldable(node, inputs, constants) || !fold(node, inputs, constants, renamed, budget, memory)) {
                kept.add(node.withInputs(inputs));
            } else {
                drop(node, renamed, constants, reads, memory);
            }
        }
        if (kept.size() == graph.nodes().size()) {
            return graph;
        }
        var outputs = graph.outputs().stream()
                .map(value -> renamed.getOrDefault(value, value))
                .toList();
        return new Graph(graph.name(), graph.inputs(), constants, kept, outputs);
    }

    private static Map<Value, Integer> reads(Graph graph) {
        var reads = new HashMap<Value, Integer>();
        graph.nodes().forEach(node -> node.inputs().forEach(value -> reads.merge(value, 1, Integer::sum)));
        graph.outputs().forEach(value -> reads.merge(value, 1, Integer::sum));
        return reads;
    }

    /// Lets go of constants that only folded nodes have read: weights that a graph computes step by step would
    /// otherwise be held once per step.
    private static void drop(
            Node folded,
            Map<Value, Value> renamed,
            Map<Value, Tensor> constants,
            Map<Value, Integer> reads,
            FoldedMemory memory) {
        for (var value : folded.inputs()) {
            if (value.isPresent() && reads.merge(value, -1, Integer::sum) == 0) {
                var constant = constants.remove(renamed.getOrDefault(value, value));
                if (constant != null && renamed.containsKey(value)) {
                    memory.release(constant);
                }
            }
        }
    }

    private boolean isFoldable(Node node, List<Value> inputs, Map<Value, Tensor> constants) {
        return !(node.op() instanceof Control)
                && !(sparesWeights && isWeights(node))
                && !node.outputs().isEmpty()
                && inputs.stream().allMatch(value -> !value.isPresent() || constants.containsKey(value));
    }

    private static boolean isWeights(Node node) {
        return node.op() instanceof DequantizeLinear
                && Dequantized.isByte(node.input(0))
                && node.input(0).type().shape().hasRank()
                && node.input(0).type().shape().rank() >= 2;
    }

    /// @return false if the node's own failure shall show when the model runs, or the budget is used up
    private static boolean fold(
            Node node,
            List<Value> inputs,
            Map<Value, Tensor> constants,
            Map<Value, Value> renamed,
            PatchBudget budget,
            FoldedMemory memory) {
        var tensors = inputs.stream()
                .map(value -> Optional.ofNullable(value.isPresent() ? constants.get(value) : null))
                .toList();
        var given = tensors.stream().flatMap(Optional::stream).toList();
        var types = node.outputs().stream()
                .filter(Value::isPresent)
                .map(Value::type)
                .toList();
        if (!budget.folding().take(node.op(), given, types)) {
            return false;
        }
        List<Tensor> results;
        try {
            results = Interpreter.evaluate(
                    node.op(),
                    tensors,
                    node.outputs(),
                    node.label(),
                    FoldingBudget.MOST_BYTES,
                    allocator(node, memory));
        } catch (BalsaException e) {
            // The node may never run (in a branch not taken); if it does, it fails there with its place.
            return false;
        }
        if (!budget.take("ConstantFolding " + node.label())) {
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
        return true;
    }

    /// Elementwise operators and ranges write every element of their outputs; others may count on zeros.
    private static BiFunction<DataType, Shape, Tensor> allocator(Node node, FoldedMemory memory) {
        return node.op() instanceof Elementwise || node.op() instanceof Range ? memory::allocate : Tensor::allocate;
    }
}
