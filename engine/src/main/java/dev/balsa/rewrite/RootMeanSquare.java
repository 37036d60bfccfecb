package dev.balsa.rewrite;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Pow;
import dev.balsa.ir.elementwise.Reciprocal;
import dev.balsa.ir.elementwise.Sqrt;
import dev.balsa.ir.reduction.ReduceMean;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// The root mean square of rows as several nodes, which layer norm and RMS norm have in common:
/// `sqrt(mean(v * v) + epsilon)`, or one over it.
///
/// @param squared the v, of float32
/// @param axis the first dimension of a row, counted from the front; from there on all lengths are known
/// @param epsilon added to the mean of squares
/// @param isInverse whether it is one over the root
/// @param nodes what makes it, the last of which has the result
record RootMeanSquare(Value squared, int axis, float epsilon, boolean isInverse, List<Node> nodes) {
    private static final double SQUARE = 2;
    private static final double ROOT = 0.5;

    /// Copies the list.
    RootMeanSquare {
        nodes = List.copyOf(nodes);
    }

    /// The root mean square whose root `node` takes, up to its reciprocal if nobody else uses it.
    static Optional<RootMeanSquare> through(Node node, GraphView view) {
        double exponent = exponent(node, view);
        if (Math.abs(exponent) != ROOT || node.output(0).type().dtype() != DataType.FLOAT32) {
            return Optional.empty();
        }
        var sum = view.producer(node.input(0)).filter(made -> made.op() instanceof Add);
        var mean = sum.flatMap(made -> IntStream.range(0, 2)
                .filter(i -> isNumber(made, i, view))
                .mapToObj(i -> made.input(1 - i))
                .findFirst()
                .flatMap(view::producer));
        var axis = mean.map(made -> axis(made, view)).orElse(OptionalInt.empty());
        var square = mean.flatMap(made -> view.producer(made.input(0))).filter(made -> exponent(made, view) == SQUARE);
        if (axis.isEmpty() || square.isEmpty()) {
            return Optional.empty();
        }
        var nodes = new ArrayList<>(List.of(square.get(), mean.get(), sum.get(), node));
        boolean isInverse = exponent < 0;
        var reciprocal = view.soleConsumer(node.output(0)).filter(next -> isReciprocal(next, view));
        if (!isInverse && reciprocal.isPresent()) {
            nodes.add(reciprocal.get());
            isInverse = true;
        }
        var epsilon = sum.get().inputs().stream()
                .flatMap(input -> Scalars.constant(input, view).stream())
                .findFirst();
        return Optional.of(
                new RootMeanSquare(square.get().input(0), axis.getAsInt(), epsilon.orElseThrow(), isInverse, nodes));
    }

    /// The first dimension of the rows whose mean a node takes, counted from the front, if it keeps the rank and
    /// the lengths of the rows are known.
    static OptionalInt axis(Node node, GraphView view) {
        var shape = node.input(0).type().shape();
        if (!(node.op() instanceof ReduceMean mean) || !mean.keepDims() || !shape.hasRank()) {
            return OptionalInt.empty();
        }
        int rank = shape.rank();
        var axes = node.input(1).isPresent()
                ? view.constant(node.input(1)).map(Tensor::toLongArray)
                : Optional.of(new long[0]);
        return axes.filter(all -> Arrays.stream(all).allMatch(axis -> -rank <= axis && axis < rank))
                .map(all -> mean.reduced(Arrays.stream(all).boxed().toList(), rank))
                .filter(reduced -> !reduced.isEmpty() && reduced.getFirst() == rank - reduced.size())
                .map(List::getFirst)
                .filter(first -> shape.list().stream().skip(first).allMatch(Dim::isKnown))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    /// The power to which a node raises its first input, elements staying where they are; 1 if it does something
    /// else.
    private static double exponent(Node node, GraphView view) {
        return switch (node.op()) {
            case Sqrt _ -> ROOT;
            case Mul _ when node.input(0).equals(node.input(1)) -> SQUARE;
            case Pow _
            when node.output(0).type().equals(node.input(0).type()) ->
                view.constant(node.input(1))
                        .filter(tensor -> tensor.size() == 1)
                        .map(tensor -> tensor.getDouble(0))
                        .orElse(1.0);
            default -> 1;
        };
    }

    private static boolean isReciprocal(Node node, GraphView view) {
        return node.op() instanceof Reciprocal
                || node.op() instanceof Div
                        && isNumber(node, 0, view)
                        && Scalars.constant(node.input(0), view).orElseThrow() == 1;
    }

    /// Whether one operand is a constant number that gives no dimensions to the result.
    private static boolean isNumber(Node node, int index, GraphView view) {
        return Scalars.constant(node.input(index), view).isPresent()
                && node.output(0).type().equals(node.input(1 - index).type());
    }

    /// The result.
    Value result() {
        return nodes.getLast().output(0);
    }

    /// Rows of the shape of `squared` that are divided by the root or multiplied by the reciprocal, which may be
    /// scaled before; the caller says whether they are the right ones.
    Optional<ScaledRows> quotient(GraphView view) {
        var user = view.soleConsumer(result());
        if (user.isEmpty()) {
            return Optional.empty();
        }
        if (!isInverse) {
            return user.filter(next -> next.op() instanceof Div && next.input(1).equals(result()))
                    .map(next -> new ScaledRows(next.input(0), axis, Value.NONE, Value.NONE, nodes).then(next));
        }
        var factor = factor(view);
        return view.soleConsumer(factor.value())
                .flatMap(next -> ScaledRows.other(next, Mul.class, factor.value())
                        .map(x -> new ScaledRows(x, axis, factor.scale(), Value.NONE, factor.nodes()).then(next)));
    }

    /// What rows are multiplied by.
    ///
    /// @param value the reciprocal of the root, or its product with a scale
    /// @param scale a constant, or [Value#NONE]
    /// @param nodes what makes it
    record Factor(Value value, Value scale, List<Node> nodes) {}

    /// The reciprocal, multiplied by a scale if nobody else uses it and there is one.
    Factor factor(GraphView view) {
        var product = view.soleConsumer(result());
        var scale = product.flatMap(next -> ScaledRows.other(next, Mul.class, result()))
                .filter(other -> ScaledRows.isRow(other, squared.type().shape(), axis, view));
        if (scale.isEmpty()) {
            return new Factor(result(), Value.NONE, nodes);
        }
        var all = new ArrayList<>(nodes);
        all.add(product.orElseThrow());
        return new Factor(all.getLast().output(0), scale.get(), all);
    }
}
