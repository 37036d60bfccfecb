package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.assembly.Concat;
import dev.balsa.ir.view.Identity;
import dev.balsa.tensor.Shape;
import java.util.List;
import java.util.Optional;

/// A Concat of which only one input has elements, such as that of an empty cache with what is new, becomes this
/// input.
public final class DropEmptyParts implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Concat)
                || !node.inputs().stream()
                        .allMatch(value -> value.type().shape().isKnown())) {
            return Optional.empty();
        }
        var parts = node.inputs().stream()
                .filter(value -> value.type().shape().known().map(Shape::size).orElse(0L) > 0)
                .toList();
        return parts.size() == 1 ? Optional.of(only(node, parts.getFirst())) : Optional.empty();
    }

    private Patch only(Node node, Value part) {
        var same = new Node(node.name(), new Identity(), List.of(part), node.outputs());
        return Patch.fuse(name() + " " + node.label(), List.of(node), same);
    }
}
