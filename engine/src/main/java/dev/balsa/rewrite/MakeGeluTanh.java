package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Gelu;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Pow;
import dev.balsa.ir.elementwise.Tanh;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// x * 0.5 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))), with the cube as a power or as products, becomes
/// Gelu with tanh: the form that GPT-2 and its relatives have.
public final class MakeGeluTanh implements Rule {
    private static final double ROOT = Math.sqrt(2 / Math.PI);
    private static final double CUBIC = 0.044715;

    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        if (!(node.op() instanceof Tanh) || node.output(0).type().dtype() != DataType.FLOAT32) {
            return Optional.empty();
        }
        var removed = new ArrayList<Node>();
        var x = argument(node, removed, view);
        var plusOne = view.soleConsumer(node.output(0)).filter(next -> MakeGelu.isConstant(next, Add.class, 1, view));
        if (x.isEmpty() || plusOne.isEmpty()) {
            return Optional.empty();
        }
        removed.add(node);
        removed.add(plusOne.get());
        var result = MakeGelu.halfTimesX(plusOne.get(), x.get(), removed, view);
        boolean inner = removed.stream()
                .filter(made -> !result.equals(Optional.of(made.output(0))))
                .allMatch(
                        made -> removed.containsAll(view.consumers(made.output(0))) && !view.isOutput(made.output(0)));
        return result.filter(_ -> inner)
                .map(output -> Patch.fuse(
                        name() + " " + node.label(),
                        removed,
                        new Node(node.name(), new Gelu(true), List.of(x.get()), List.of(output))));
    }

    /// The x of sqrt(2 / pi) * (x + 0.044715 * x^3).
    private static Optional<Value> argument(Node tanh, List<Node> removed, GraphView view) {
        var scaled = view.producer(tanh.input(0)).filter(made -> MakeGelu.isConstant(made, Mul.class, ROOT, view));
        var sum = scaled.flatMap(made -> MakeGelu.other(made, view))
                .flatMap(view::producer)
                .filter(made -> made.op() instanceof Add);
        if (sum.isEmpty()) {
            return Optional.empty();
        }
        for (int i = 0; i < 2; i++) {
            var x = sum.get().input(i);
            var cubic = view.producer(sum.get().input(1 - i))
                    .filter(made -> MakeGelu.isConstant(made, Mul.class, CUBIC, view));
            var cube = cubic.flatMap(made -> MakeGelu.other(made, view))
                    .flatMap(view::producer)
                    .map(made -> cube(made, x, view))
                    .orElse(List.of());
            if (!cube.isEmpty()) {
                removed.addAll(cube);
                removed.addAll(List.of(cubic.orElseThrow(), sum.get(), scaled.orElseThrow()));
                return Optional.of(x);
            }
        }
        return Optional.empty();
    }

    /// The nodes that make the cube of x, of which the given one is the last; none if it makes something else.
    private static List<Node> cube(Node node, Value x, GraphView view) {
        if (node.op() instanceof Pow) {
            boolean isCube = node.input(0).equals(x) && MakeGelu.isConstant(node, Pow.class, 3, view);
            return isCube ? List.of(node) : List.of();
        }
        if (!(node.op() instanceof Mul) || !node.inputs().contains(x)) {
            return List.of();
        }
        var square = node.input(0).equals(x) ? node.input(1) : node.input(0);
        return view.producer(square)
                .filter(made -> made.op() instanceof Mul && made.inputs().equals(List.of(x, x)))
                .map(made -> List.of(made, node))
                .orElse(List.of());
    }
}
