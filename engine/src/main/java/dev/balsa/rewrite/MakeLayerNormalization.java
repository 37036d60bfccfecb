package dev.balsa.rewrite;

import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Neg;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.normalization.LayerNormalization;
import dev.balsa.tensor.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Layer norm over the last dimensions, written as several nodes, becomes LayerNormalization. Let `m` be the mean
/// of `x`, `r = sqrt(mean((x - m)^2) + epsilon)`, `a` and `b` constants, any of which may be missing:
///
/// - `(x - m) / r * a + b`, as PyTorch's exporter writes it below opset 17;
/// - `x * f + (b - m * f)` with `f = a / r`, as TensorFlow does;
/// - `x * f + (-m * f + b)`, as Keras does.
///
/// The difference may be computed twice, the square be a power or a product, and the division a product with a
/// reciprocal.
public final class MakeLayerNormalization implements Rule {
    @Override
    public Optional<Patch> match(Node node, GraphView view) {
        return RootMeanSquare.through(node, view)
                .flatMap(root -> Deviation.of(root.squared(), view)
                        .filter(found -> RootMeanSquare.axis(found.mean(), view).equals(OptionalInt.of(root.axis())))
                        .flatMap(found -> quotient(root, found, view).or(() -> Factored.rows(root, found, view)))
                        .map(rows -> rows.scaled(view).shifted(view))
                        .flatMap(rows -> rows.patch(name(), op(root), view)));
    }

    private static LayerNormalization op(RootMeanSquare root) {
        int rank = root.squared().type().shape().rank();
        return new LayerNormalization(root.axis() - rank, root.epsilon(), DataType.FLOAT32);
    }

    /// The difference of a tensor from a mean of it.
    ///
    /// @param difference the node that subtracts
    /// @param mean the node that makes the mean
    private record Deviation(Node difference, Node mean) {
        static Optional<Deviation> of(Value value, GraphView view) {
            return view.producer(value)
                    .filter(made -> made.op() instanceof Sub)
                    .flatMap(made -> view.producer(made.input(1))
                            .filter(mean -> mean.input(0).equals(made.input(0)))
                            .map(mean -> new Deviation(made, mean)));
        }

        Value x() {
            return difference.input(0);
        }

        Value average() {
            return mean.output(0);
        }

        List<Node> nodes() {
            return List.of(mean, difference);
        }
    }

    /// The difference divided by the root.
    private static Optional<ScaledRows> quotient(RootMeanSquare root, Deviation deviation, GraphView view) {
        return root.quotient(view)
                .flatMap(rows -> Deviation.of(rows.x(), view)
                        .filter(found -> found.mean().equals(deviation.mean()))
                        .map(found -> rows.of(found.x(), found.nodes()).of(found.x(), deviation.nodes())));
    }

    /// The tensor multiplied by a factor, plus a shift that is made of its mean and the same factor.
    private record Factored(RootMeanSquare root, Deviation deviation, RootMeanSquare.Factor factor, GraphView view) {
        /// What is added to the product of the tensor and the factor: a constant, if there is one, less the
        /// product of the mean and the factor.
        private record Shift(Value constant, List<Node> nodes) {}

        static Optional<ScaledRows> rows(RootMeanSquare root, Deviation deviation, GraphView view) {
            return root.isInverse() ? new Factored(root, deviation, root.factor(view), view).rows() : Optional.empty();
        }

        private Optional<ScaledRows> rows() {
            var product = view.consumers(factor.value()).stream()
                    .filter(user -> multiplies(user, deviation.x()))
                    .findFirst();
            var sum = product.flatMap(made -> view.soleConsumer(made.output(0)));
            return sum.flatMap(made -> ScaledRows.other(
                            made, Add.class, product.orElseThrow().output(0)))
                    .flatMap(this::shift)
                    .map(shift -> {
                        var nodes = new ArrayList<>(deviation.nodes());
                        nodes.addAll(factor.nodes());
                        nodes.addAll(shift.nodes());
                        nodes.add(product.orElseThrow());
                        nodes.add(sum.orElseThrow());
                        return new ScaledRows(deviation.x(), root.axis(), factor.scale(), shift.constant(), nodes);
                    });
        }

        private boolean multiplies(Node node, Value value) {
            return ScaledRows.other(node, Mul.class, factor.value()).equals(Optional.of(value));
        }

        private Optional<Shift> shift(Value addend) {
            var made = view.producer(addend);
            if (made.isEmpty()) {
                return Optional.empty();
            }
            var node = made.get();
            return switch (node.op()) {
                case Sub _
                when isRow(node.input(0)) ->
                    product(node.input(1)).map(product -> new Shift(node.input(0), List.of(product, node)));
                case Add _ ->
                    node.inputs().stream()
                            .filter(this::isRow)
                            .findFirst()
                            .flatMap(constant -> ScaledRows.other(node, Add.class, constant)
                                    .flatMap(this::negative)
                                    .map(negative -> new Shift(constant, after(negative, node))));
                default -> negative(addend).map(negative -> new Shift(Value.NONE, negative));
            };
        }

        private boolean isRow(Value value) {
            return ScaledRows.isRow(value, deviation.x().type().shape(), root.axis(), view);
        }

        /// The node that multiplies the mean by the factor, if it makes the value.
        private Optional<Node> product(Value value) {
            return view.producer(value).filter(made -> multiplies(made, deviation.average()));
        }

        /// The nodes that make a value if it is the product of the mean and the factor, one of them negated.
        private Optional<List<Node>> negative(Value value) {
            return view.producer(value)
                    .flatMap(made -> made.op() instanceof Neg
                            ? product(made.input(0)).map(product -> List.of(product, made))
                            : ScaledRows.other(made, Mul.class, factor.value())
                                    .flatMap(view::producer)
                                    .filter(other -> other.op() instanceof Neg
                                            && other.input(0).equals(deviation.average()))
                                    .map(negated -> List.of(negated, made)));
        }

        private static List<Node> after(List<Node> nodes, Node last) {
            var all = new ArrayList<>(nodes);
            all.add(last);
            return all;
        }
    }
}
