package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.quantization.QuantizeLinear;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Concat of dequantised tensors that is quantised to 8 bits becomes one of tensors quantised to 8 bits: a
/// quarter of the memory is copied, and what was done to each element alone stands together.
public final class QuantizeBeforeConcat implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof QuantizeLinear op) || !Dequantized.isByte(node.output(0)) || !isWhole(node, view)) {
            return Optional.empty();
        }
        var concat = view.producer(node.input(0))
                .filter(made -> made.op() instanceof Concat
                        && view.soleConsumer(node.input(0)).isPresent()
                        && made.inputs().stream()
                                .allMatch(value -> Dequantized.of(value, view)
                                        .filter(Dequantized::isWhole)
                                        .isPresent()));
        return concat.map(made -> patch(node, op, made));
    }

    /// Whether all elements have one scale and zero point, which are constants.
    static boolean isWhole(Node node, GraphView view) {
        return node.inputs().stream()
                .skip(1)
                .allMatch(value -> !value.isPresent()
                        || view.constant(value)
                                .filter(tensor -> tensor.size() == 1)
                                .isPresent());
    }

    private Patch patch(Node node, QuantizeLinear op, Node concat) {
        var added = new ArrayList<Node>();
        var parts = new ArrayList<Value>();
        for (int i = 0; i < concat.inputs().size(); i++) {
            var inputs = new ArrayList<>(node.inputs());
            inputs.set(0, concat.input(i));
            var part = new Value(
                    node.output(0).name() + ".part" + i, concat.input(i).type().withType(op.to()));
            added.add(new Node(node.name() + " of part " + i, op, inputs, List.of(part)));
            parts.add(part);
        }
        added.add(new Node(concat.name(), concat.op(), parts, node.outputs()));
        return new Patch(name() + " " + concat.label(), List.of(node, concat), added, Map.of(), Map.of());
    }
}
