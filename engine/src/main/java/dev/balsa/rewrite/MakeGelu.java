package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Erf;
import dev.balsa.ir.elementwise.Gelu;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// x * 0.5 * (1 + erf(x / sqrt(2))), in whatever order the two products are written, becomes Gelu: the form that
/// PyTorch's exporter gives it below opset 20.
public final class MakeGelu implements Rule {
    /// The constants are written in float32, and 1/sqrt(2) by some with few digits.
    private static final double CONSTANT_ERROR = 1e-4;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Erf) || node.output(0).type().dtype() != DataType.FLOAT32) {
            return Optional.empty();
        }
        var scaled = view.producer(node.input(0));
        var x = scaled.flatMap(made -> unscaled(made, view));
        var plusOne = view.soleConsumer(node.output(0)).filter(next -> isConstant(next, Add.class, 1, view));
        if (x.isEmpty() || plusOne.isEmpty()) {
            return Optional.empty();
        }
        var removed = new ArrayList<>(List.of(scaled.get(), node, plusOne.get()));
        var result = halfTimesX(plusOne.get(), x.get(), removed, view);
        boolean inner = removed.stream()
                .limit(removed.size() - 1L)
                .allMatch(made ->
                        view.soleConsumer(made.output(0)).map(removed::contains).orElse(false));
        return result.filter(_ -> inner)
                .map(output -> Patch.fuse(
                        name() + " " + node.label(),
                        removed,
                        new Node(node.name(), new Gelu(false), List.of(x.get()), List.of(output))));
    }

    /// The x of x / sqrt(2) or x * (1 / sqrt(2)).
    private static Optional<Value> unscaled(Node node, GraphView view) {
        boolean divides = isConstant(node, Div.class, Math.sqrt(2), view)
                && view.constant(node.input(1)).isPresent();
        boolean multiplies = isConstant(node, Mul.class, Math.sqrt(0.5), view);
        return divides || multiplies ? other(node, view) : Optional.empty();
    }

    /// Follows the two products, by x and by a half, from the sum on; also where x is halved before.
    static Optional<Value> halfTimesX(Node sum, Value x, List<Node> removed, GraphView view) {
        var first = view.soleConsumer(sum.output(0)).filter(next -> next.op() instanceof Mul);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        var factor = first.get().input(0).equals(sum.output(0))
                ? first.get().input(1)
                : first.get().input(0);
        var halved = view.producer(factor)
                .filter(made -> isConstant(made, Mul.class, 0.5, view)
                        && x.equals(other(made, view).orElse(Value.NONE)));
        if (halved.isPresent()) {
            removed.add(halved.get());
            removed.add(first.get());
            return Optional.of(first.get().output(0));
        }
        var second = view.soleConsumer(first.get().output(0)).filter(next -> next.op() instanceof Mul);
        if (second.isEmpty()) {
            return Optional.empty();
        }
        boolean xThenHalf = factor.equals(x) && isConstant(second.get(), Mul.class, 0.5, view);
        boolean halfThenX = isConstant(first.get(), Mul.class, 0.5, view)
                && second.get().inputs().contains(x);
        removed.add(first.get());
        removed.add(second.get());
        return xThenHalf || halfThenX ? Optional.of(second.get().output(0)) : Optional.empty();
    }

    /// Whether the node is the given operation with a constant of about the given value as one operand.
    static boolean isConstant(Node node, Class<? extends Op> operation, double value, GraphView view) {
        return operation.isInstance(node.op())
                && node.inputs().stream()
                        .flatMap(input -> view.constant(input).stream())
                        .anyMatch(
                                tensor -> tensor.size() == 1 && Math.abs(tensor.getDouble(0) - value) < CONSTANT_ERROR)
                // A constant of more dimensions than x would give some to the result.
                && other(node, view)
                        .map(Value::type)
                        .equals(Optional.of(node.output(0).type()));
    }

    /// The operand that is not constant.
    static Optional<Value> other(Node node, GraphView view) {
        return node.inputs().stream()
                .filter(input -> view.constant(input).isEmpty())
                .findFirst();
    }
}
