package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Clip;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Min;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Clip to bounds that only the run knows becomes a Max and a Min, which may be parts of chains.
public final class SpreadClip implements Rule {
    private static final int LOW = 1;
    private static final int HIGH = 2;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Clip)
                || !node.input(0).type().dtype().isFloat()
                || !isSpreadable(node, LOW)
                || !isSpreadable(node, HIGH)
                || isGiven(node.input(LOW), view) && isGiven(node.input(HIGH), view)) {
            return Optional.empty();
        }
        var added = new ArrayList<Node>();
        var value = node.input(0);
        var result = node.output(0);
        if (node.input(LOW).isPresent()) {
            boolean isLast = !node.input(HIGH).isPresent();
            value = add(
                    node,
                    new Max(),
                    value,
                    LOW,
                    isLast ? result : new Value(result.name() + ".low", result.type()),
                    added);
        }
        if (node.input(HIGH).isPresent()) {
            add(node, new Min(), value, HIGH, result, added);
        }
        return Optional.of(new Patch(name() + " " + node.label(), List.of(node), added, Map.of(), Map.of()));
    }

    private static Value add(Node node, Op op, Value value, int bound, Value result, List<Node> added) {
        added.add(new Node(node.name(), op, List.of(value, node.input(bound)), List.of(result)));
        return result;
    }

    /// Whether a bound is one number, and does not change the shape; a wrong one is told by the Clip itself.
    private static boolean isSpreadable(Node node, int bound) {
        var value = node.input(bound);
        var whole = node.input(0).type().shape();
        return !value.isPresent()
                || whole.hasRank()
                        && value.type()
                                .shape()
                                .known()
                                .map(shape -> shape.size() == 1 && shape.rank() <= whole.rank())
                                .orElse(false);
    }

    private static boolean isGiven(Value value, GraphView view) {
        return !value.isPresent() || view.constant(value).isPresent();
    }
}
