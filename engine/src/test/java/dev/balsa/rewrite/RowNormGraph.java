package dev.balsa.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.ir.Dim;
import dev.balsa.ir.Graph;
import dev.balsa.ir.GraphBuilder;
import dev.balsa.ir.Node;
import dev.balsa.ir.Op;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Pow;
import dev.balsa.ir.elementwise.Reciprocal;
import dev.balsa.ir.elementwise.Sqrt;
import dev.balsa.ir.normalization.RowNormalization;
import dev.balsa.ir.reduction.ReduceMean;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Random;

/// A graph in which rows are normalised by several nodes, for tests of the rules that make one of them.
final class RowNormGraph {
    static final float EPSILON = 0.01f;

    /// How a square is written.
    enum Square {
        POWER,
        PRODUCT
    }

    /// How a value is divided by a root.
    enum Division {
        QUOTIENT,
        RECIPROCAL,
        ONE_OVER,
        POWER
    }

    private final Rule rule;
    private final GraphBuilder builder = new GraphBuilder("g");
    private final Random random = new Random(7);
    final Value x;

    /// A graph with an input of a symbolic length, 3 and 4.
    RowNormGraph(Rule rule) {
        this(rule, DataType.FLOAT32, Dim.of(3), Dim.of(4));
    }

    RowNormGraph(Rule rule, DataType type, Dim rows, Dim columns) {
        this(rule, new TensorType(type, SymbolicShape.of(Dim.symbol("n"), rows, columns)));
    }

    RowNormGraph(Rule rule, TensorType type) {
        this.rule = rule;
        x = builder.input("x", type);
    }

    Value input(String name, DataType type, Dim rows, Dim columns) {
        return builder.input(name, new TensorType(type, SymbolicShape.of(Dim.symbol("n"), rows, columns)));
    }

    Value input(String name, TensorType type) {
        return builder.input(name, type);
    }

    Value add(Op op, Value... operands) {
        return builder.add(op, operands);
    }

    /// A node of two operands, which are swapped if `isSwapped`.
    Value add(Op op, boolean isSwapped, Value left, Value right) {
        return isSwapped ? add(op, right, left) : add(op, left, right);
    }

    Value number(double number) {
        return builder.constant("number", Tensor.of(new float[] {(float) number}));
    }

    /// A constant of random elements.
    Value constant(long... dims) {
        var tensor = Tensor.allocate(DataType.FLOAT32, Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, random.nextGaussian());
        }
        return builder.constant("constant", tensor);
    }

    Value constant(Tensor tensor) {
        return builder.constant("constant", tensor);
    }

    /// The number 1 of any type.
    Value one(DataType type) {
        var tensor = Tensor.allocate(type, Shape.scalar());
        if (type.isFloat()) {
            tensor.setDouble(0, 1);
        } else {
            tensor.setLong(0, 1);
        }
        return constant(tensor);
    }

    Value mean(Value of, long... axes) {
        return add(new ReduceMean(true, false), of, constant(Tensor.of(axes, axes.length)));
    }

    Value square(Square form, Value of) {
        return form == Square.POWER ? add(new Pow(), of, number(2)) : add(new Mul(), of, of);
    }

    /// The mean square with an epsilon.
    Value variance(Value of, long... axes) {
        return add(new Add(), mean(square(Square.PRODUCT, of), axes), number(EPSILON));
    }

    /// One over the root of a variance.
    Value inverse(Value variance) {
        return add(new Reciprocal(), add(new Sqrt(), variance));
    }

    /// A value divided by the root of a variance.
    Value divided(Division form, boolean isSwapped, Value numerator, Value variance) {
        return switch (form) {
            case QUOTIENT -> add(new Div(), numerator, add(new Sqrt(), variance));
            case RECIPROCAL -> add(new Mul(), isSwapped, numerator, inverse(variance));
            case ONE_OVER -> add(new Mul(), isSwapped, numerator, add(new Div(), number(1), add(new Sqrt(), variance)));
            case POWER -> add(new Mul(), isSwapped, numerator, add(new Pow(), variance, number(-0.5)));
        };
    }

    Graph build(Value... outputs) {
        return builder.build(List.of(outputs));
    }

    /// Asserts that the rule leaves the graph with these outputs as it is.
    void assertStays(Value... outputs) {
        var graph = build(outputs);
        assertThat(new RulePass(rule).apply(graph, PatchBudget.unlimited())).isSameAs(graph);
    }

    /// Asserts that the rule makes one normalisation, of the axis and epsilon and with constants as long as its
    /// rows, that leaves `others` nodes and keeps the results.
    Graph assertMakes(int axis, int others, Value... outputs) {
        var graph = build(outputs);
        var after = new RulePass(rule).apply(graph, PatchBudget.unlimited());
        assertThat(after.nodes()).hasSize(1 + others);
        var made = after.nodes().stream()
                .filter(node -> node.op() instanceof RowNormalization)
                .toList();
        assertThat(made).singleElement().satisfies(node -> assertRows(node, axis));
        RewriteChecks.assertTypesFit(after);
        RewriteChecks.assertSameResults(graph, after, random.nextLong());
        return after;
    }

    private void assertRows(Node node, int axis) {
        var op = (RowNormalization) node.op();
        assertThat(op.axis()).isEqualTo(axis);
        assertThat(op.epsilon()).isEqualTo(EPSILON);
        assertThat(node.input(0)).isEqualTo(x);
        var shape = x.type().shape().list();
        var row = shape.subList(shape.size() + axis, shape.size());
        assertThat(node.inputs().subList(1, node.inputs().size())).allSatisfy(constant -> {
            var dims = constant.type().shape().list();
            assertThat(dims).endsWith(row.toArray(Dim[]::new));
            assertThat(dims.subList(0, dims.size() - row.size())).allMatch(dim -> dim.is(1));
        });
    }
}
