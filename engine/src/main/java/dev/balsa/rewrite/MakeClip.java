package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Clip;
import dev.balsa.ir.elementwise.Max;
import dev.balsa.ir.elementwise.Min;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Max and Min of floats and constant numbers, alone or after each other, become a Clip, whose bounds are no operands
/// of a chain.
///
/// A Clip heeds its low bound first. So a low bound that comes after a high one is left alone if it is above that:
/// then all results are the low bound, and would be the high one.
public final class MakeClip implements Rule {
    /// What a node does to a value.
    ///
    /// @param low a constant, or [Value#NONE]
    /// @param high a constant, or [Value#NONE]
    private record Bounds(Value x, Value low, Value high) {}

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        var first = bounds(node, view);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        var bounds = first.get();
        var removed = new ArrayList<>(List.of(node));
        for (var next = joined(bounds, node, view); next.isPresent(); next = joined(bounds, removed.getLast(), view)) {
            bounds = next.get();
            removed.add(view.soleConsumer(removed.getLast().output(0)).orElseThrow());
        }
        var last = removed.getLast();
        if (last.op() instanceof Clip && removed.size() == 1) {
            return Optional.empty();
        }
        var operands = List.of(bounds.x(), bounds.low(), bounds.high());
        return Optional.of(Patch.fuse(
                name() + " " + last.label(), removed, new Node(last.name(), new Clip(), operands, last.outputs())));
    }

    /// What a node and its only consumer do together, if one node can.
    private static Optional<Bounds> joined(Bounds bounds, Node node, GraphView view) {
        var result = node.output(0);
        return view.soleConsumer(result)
                .flatMap(next -> bounds(next, view))
                .filter(next -> next.x().equals(result))
                .flatMap(next -> join(bounds, next, view));
    }

    private static Optional<Bounds> bounds(Node node, GraphView view) {
        return switch (node.op()) {
            case Max _ when node.inputs().size() == 2 -> withConstant(node, view, true);
            case Min _ when node.inputs().size() == 2 -> withConstant(node, view, false);
            case Clip _ ->
                isBound(node.input(1), view) && isBound(node.input(2), view)
                        ? whole(node, new Bounds(node.input(0), node.input(1), node.input(2)))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Bounds> withConstant(Node node, GraphView view, boolean isLow) {
        return IntStream.range(0, 2)
                .filter(i -> isBound(node.input(i), view))
                .mapToObj(i -> {
                    var bound = node.input(i);
                    return new Bounds(node.input(1 - i), isLow ? bound : Value.NONE, isLow ? Value.NONE : bound);
                })
                .findFirst()
                .flatMap(bounds -> whole(node, bounds));
    }

    /// The bounds, if they are of float32 and change nothing but its elements.
    private static Optional<Bounds> whole(Node node, Bounds bounds) {
        var type = node.output(0).type();
        return Optional.of(bounds)
                .filter(_ -> type.dtype() == DataType.FLOAT32
                        && type.equals(bounds.x().type()));
    }

    /// Whether there is no bound, or a number that the kernels for Clip take as Max and Min do: neither NaN nor the
    /// zero that is less than the other.
    private static boolean isBound(Value value, GraphView view) {
        return !value.isPresent()
                || Scalars.constant(value, view)
                        .filter(number -> !number.isNaN() && !number.equals(-0f))
                        .isPresent();
    }

    private static Optional<Bounds> join(Bounds first, Bounds last, GraphView view) {
        if (isAbove(last.low(), first.high(), view)) {
            return Optional.empty();
        }
        var low = !first.low().isPresent() || isAbove(last.low(), first.low(), view) ? last.low() : first.low();
        var high = !first.high().isPresent() || isAbove(first.high(), last.high(), view) ? last.high() : first.high();
        return Optional.of(new Bounds(first.x(), low, high));
    }

    /// Whether there are two bounds, and one is above the other.
    private static boolean isAbove(Value one, Value other, GraphView view) {
        return one.isPresent()
                && other.isPresent()
                && Scalars.constant(one, view).orElseThrow()
                        > Scalars.constant(other, view).orElseThrow();
    }
}
