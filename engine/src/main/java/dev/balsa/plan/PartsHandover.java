package dev.balsa.plan;

import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Has kernels hand on what they make in the form in which tile units multiply it
/// ([dev.balsa.kernel.Storage#PARTS]), where the kernel that makes it can write it so, and all that read it would
/// take it apart into the same parts: results stay the same, bit for bit. What is read as floats, too, by a residual
/// for instance, stays floats: to put it together again takes as long as is saved.
final class PartsHandover {
    /// Values whose makers can write them in parts.
    private final Set<Value> writable = new HashSet<>();
    /// Values that something reads as floats.
    private final Set<Value> floats;

    private PartsHandover(Graph graph, Map<Node, Optional<KernelChoice>> choices) {
        floats = new HashSet<>(graph.outputs());
        for (var node : graph.nodes()) {
            var choice = choices.getOrDefault(node, Optional.empty());
            if (choice.isEmpty()) {
                floats.addAll(node.inputs());
            } else {
                add(node, choice.get());
            }
        }
    }

    private void add(Node node, KernelChoice choice) {
        var operands = choice.operands();
        int output = operands.size() - 1;
        if (node.outputs().size() == 1 && choice.takesParts().contains(output)) {
            writable.add(operands.get(output));
        }
        var inParts = new HashSet<Value>();
        for (int i = 0; i < output; i++) {
            if (choice.takesParts().contains(i)) {
                inParts.add(operands.get(i));
            } else {
                floats.add(operands.get(i));
            }
        }
        // What else a node has among its inputs is not read by the kernel alone.
        node.inputs().stream().filter(input -> !inParts.contains(input)).forEach(floats::add);
    }

    /// The choices with what is handed on in parts.
    static Map<Node, Optional<KernelChoice>> of(Graph graph, Map<Node, Optional<KernelChoice>> choices) {
        var handover = new PartsHandover(graph, choices);
        var changed = new IdentityHashMap<Node, Optional<KernelChoice>>();
        choices.forEach((node, choice) -> changed.put(node, choice.map(handover::changed)));
        return changed;
    }

    private KernelChoice changed(KernelChoice choice) {
        var inParts = new TreeSet<Integer>();
        for (int operand : choice.takesParts()) {
            var value = choice.operands().get(operand);
            if (writable.contains(value) && !floats.contains(value)) {
                inParts.add(operand);
            }
        }
        return choice.inParts(inParts);
    }
}
