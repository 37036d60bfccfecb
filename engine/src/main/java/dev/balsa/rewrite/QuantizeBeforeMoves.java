package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Transpose;
import dev.balsa.ir.quantization.QuantizeLinear;
import dev.balsa.ir.view.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is reshaped or transposed and then quantised to 8 bits is quantised before: a quarter of the memory is
/// moved, and what was done to each element alone stands together.
public final class QuantizeBeforeMoves implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof QuantizeLinear op)
                || !Dequantized.isByte(node.output(0))
                || !QuantizeBeforeConcat.isWhole(node, view)
                || view.soleConsumer(node.input(0)).isEmpty()) {
            return Optional.empty();
        }
        return view.producer(node.input(0))
                .filter(made -> made.op() instanceof View || made.op() instanceof Transpose)
                .filter(made -> view.constant(made.input(0)).isEmpty())
                .map(made -> patch(node, op, made));
    }

    private Patch patch(Node node, QuantizeLinear op, Node move) {
        var source = move.input(0);
        var quantized =
                new Value(node.output(0).name() + ".before", source.type().withType(op.to()));
        var inputs = new ArrayList<>(node.inputs());
        inputs.set(0, source);
        // One scale is that of all axes; the first one is there whatever the shape was.
        var before =
                new Node(node.name(), new QuantizeLinear(0, 0, op.to(), op.precision()), inputs, List.of(quantized));
        var moved = new ArrayList<>(move.inputs());
        moved.set(0, quantized);
        return new Patch(
                name() + " " + move.label(),
                List.of(node, move),
                List.of(before, new Node(move.name(), move.op(), moved, node.outputs())),
                Map.of(),
                Map.of());
    }
}
