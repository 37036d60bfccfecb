package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Cast;
import dev.balsa.ir.elementwise.Dropout;
import dev.balsa.ir.view.Identity;
import java.util.Optional;

/// Drops operators that give their input unchanged: Identity, a Dropout that is not training, a Cast to the same type.
public final class RemoveNoOp implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        boolean nothing = switch (node.op()) {
            case Identity _ -> true;
            case Dropout _ -> isUnused(node.output(1), view) && !isTraining(node, view);
            case Cast(var to) -> node.input(0).type().dtype() == to;
            default -> false;
        };
        return nothing ? Optional.of(Patch.bypass(name() + " " + node.label(), node, node.input(0))) : Optional.empty();
    }

    private static boolean isUnused(Value mask, GraphView view) {
        return !mask.isPresent() || view.consumers(mask).isEmpty() && !view.isOutput(mask);
    }

    private static boolean isTraining(Node node, GraphView view) {
        var training = node.input(2);
        return training.isPresent()
                && view.constant(training).map(tensor -> tensor.getBoolean(0)).orElse(true);
    }
}
