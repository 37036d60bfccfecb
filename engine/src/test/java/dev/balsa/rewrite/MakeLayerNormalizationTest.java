package dev.balsa.rewrite;

import static dev.balsa.rewrite.RowNormGraph.EPSILON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.ir.Dim;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Neg;
import dev.balsa.ir.elementwise.Pow;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.elementwise.Sqrt;
import dev.balsa.ir.elementwise.Sub;
import dev.balsa.ir.reduction.ReduceMean;
import dev.balsa.plan.BothWays;
import dev.balsa.rewrite.RowNormGraph.Division;
import dev.balsa.rewrite.RowNormGraph.Square;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Each way to write layer norm that [MakeLayerNormalization] knows becomes one node that gives the same; what is
/// not quite layer norm stays.
class MakeLayerNormalizationTest {
    private static final Dim THREE = Dim.of(3);
    private static final Dim FOUR = Dim.of(4);
    private final RowNormGraph graph = new RowNormGraph(new MakeLayerNormalization());
    private final Value x = graph.x;

    private Value difference(Value of, long... axes) {
        return graph.add(new Sub(), of, graph.mean(of, axes));
    }

    /// Layer norm along the last dimension without constants.
    private Value plain() {
        var difference = difference(x, -1);
        return graph.divided(Division.QUOTIENT, false, difference, graph.variance(difference, -1));
    }

    private record Form(Square square, boolean isTwice, Division division, boolean isSwapped, int constants) {}

    static Stream<Form> forms() {
        var forms = new ArrayList<Form>();
        for (var square : Square.values()) {
            for (var division : Division.values()) {
                for (int bits = 0; bits < 16; bits++) {
                    forms.add(new Form(square, (bits & 1) != 0, division, (bits & 2) != 0, bits >> 2));
                }
            }
        }
        return forms.stream();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void asPyTorchWritesIt(Form form) {
        var mean = graph.mean(x, -1);
        var first = graph.add(new Sub(), x, mean);
        var second = form.isTwice() ? graph.add(new Sub(), x, mean) : first;
        var squares = graph.mean(graph.square(form.square(), first), 2);
        var variance = graph.add(new Add(), form.isSwapped(), squares, graph.number(EPSILON));
        var y = graph.divided(form.division(), form.isSwapped(), second, variance);
        if ((form.constants() & 1) != 0) {
            y = graph.add(new Mul(), form.isSwapped(), y, graph.constant(4));
        }
        if ((form.constants() & 2) != 0) {
            y = graph.add(new Add(), form.isSwapped(), y, graph.constant(4));
        }
        var after = graph.assertMakes(-1, 0, y);
        assertThat(after.nodes().getFirst().inputs()).hasSize(form.constants() < 2 ? 2 : 3);
    }

    /// How what is added to the product of the input and the factor is written.
    private enum Offset {
        SUB,
        ADD_NEGATIVE,
        NEGATED_MEAN,
        NEGATED_PRODUCT
    }

    private Value offset(Offset form, boolean isSwapped, Value mean, Value factor) {
        return switch (form) {
            case SUB -> graph.add(new Sub(), graph.constant(4), graph.add(new Mul(), isSwapped, mean, factor));
            case ADD_NEGATIVE ->
                graph.add(
                        new Add(),
                        isSwapped,
                        graph.add(new Mul(), isSwapped, graph.add(new Neg(), mean), factor),
                        graph.constant(4));
            case NEGATED_MEAN -> graph.add(new Mul(), isSwapped, graph.add(new Neg(), mean), factor);
            case NEGATED_PRODUCT -> graph.add(new Neg(), graph.add(new Mul(), isSwapped, mean, factor));
        };
    }

    @ParameterizedTest
    @CsvSource({
        "SUB, true, true",
        "SUB, false, false",
        "SUB, true, false",
        "ADD_NEGATIVE, true, false",
        "ADD_NEGATIVE, false, true",
        "NEGATED_MEAN, true, true",
        "NEGATED_MEAN, false, false",
        "NEGATED_PRODUCT, true, false",
        "NEGATED_PRODUCT, false, true"
    })
    void asTensorFlowWritesIt(Offset offset, boolean isScaled, boolean isSwapped) {
        var mean = graph.mean(x, 2);
        var inverse = graph.inverse(graph.variance(graph.add(new Sub(), x, mean), -1));
        var factor = isScaled ? graph.add(new Mul(), isSwapped, inverse, graph.constant(4)) : inverse;
        var product = graph.add(new Mul(), isSwapped, x, factor);
        var y = graph.add(new Add(), isSwapped, product, offset(offset, isSwapped, mean, factor));
        graph.assertMakes(-1, 0, y);
    }

    @Test
    void theScaleMayComeBeforeTheProduct() {
        var difference = difference(x, -1);
        var factor = graph.add(new Mul(), graph.constant(4), graph.inverse(graph.variance(difference, -1)));
        graph.assertMakes(-1, 0, graph.add(new Add(), graph.add(new Mul(), difference, factor), graph.constant(4)));
    }

    static Stream<long[]> axes() {
        return Stream.of(new long[] {1, 2}, new long[] {-1, -2}, new long[] {0, 1, 2}, new long[] {2, 1, -1});
    }

    @ParameterizedTest
    @MethodSource("axes")
    void severalDimensions(long... axes) {
        var fixed = new RowNormGraph(new MakeLayerNormalization(), TensorType.of(DataType.FLOAT32, 2, 3, 4));
        var difference = fixed.add(new Sub(), fixed.x, fixed.mean(fixed.x, axes));
        var y = fixed.divided(Division.QUOTIENT, false, difference, fixed.variance(difference, axes));
        fixed.assertMakes(axes[0] == 0 ? -3 : -2, 0, fixed.add(new Mul(), y, fixed.constant(3, 4)));
    }

    static Stream<List<long[]>> constants() {
        return Stream.of(
                List.of(new long[0], new long[] {1, 1, 1}),
                List.of(new long[] {4}, new long[] {3, 1}),
                List.of(new long[] {1, 3, 4}, new long[] {1, 4}),
                List.of(new long[] {1, 1, 4}, new long[] {1, 3, 1}));
    }

    @ParameterizedTest
    @MethodSource("constants")
    void constantsAreSpreadToRows(List<long[]> shapes) {
        var difference = difference(x, 1, 2);
        var y = graph.divided(Division.QUOTIENT, false, difference, graph.variance(difference, 1, 2));
        y = graph.add(new Mul(), y, graph.constant(shapes.getFirst()));
        graph.assertMakes(-2, 0, graph.add(new Add(), y, graph.constant(shapes.getLast())));
    }

    @ParameterizedTest
    @EnumSource(Square.class)
    void kernelsGiveTheSame(Square square) {
        var wide = new RowNormGraph(new MakeLayerNormalization(), DataType.FLOAT32, Dim.of(5), Dim.of(37));
        var difference = wide.add(new Sub(), wide.x, wide.mean(wide.x, -1));
        var variance = wide.add(new Add(), wide.mean(wide.square(square, difference), -1), wide.number(EPSILON));
        var y = wide.divided(Division.QUOTIENT, false, difference, variance);
        y = wide.add(new Add(), wide.add(new Mul(), y, wide.constant(37)), wide.constant(37));
        var input = Tensor.of(new float[2 * 5 * 37], 2, 5, 37);
        var random = new Random(3);
        for (int i = 0; i < input.size(); i++) {
            input.setDouble(i, 5 + random.nextGaussian());
        }
        assertThat(BothWays.compare(wide.build(y), List.of(List.of(input)), 2, 1e-5))
                .singleElement()
                .asString()
                .contains("rownorm");
    }

    @Test
    void leavesProductsThatBroadenTheResult() {
        var y = plain();
        graph.assertMakes(-1, 1, graph.add(new Mul(), y, graph.constant(1, 1, 1, 4)));
    }

    @Test
    void leavesConstantsThatDifferBetweenRows() {
        var y = plain();
        graph.assertMakes(-1, 1, graph.add(new Add(), y, graph.constant(3, 1)));
    }

    @Test
    void leavesProductsByWhatIsNoConstant() {
        var scale = graph.input("scale", TensorType.of(DataType.FLOAT32, 4));
        graph.assertMakes(-1, 1, graph.add(new Mul(), plain(), scale));
    }

    @Test
    void leavesProductsOfResultsThatOthersRead() {
        var y = plain();
        graph.assertMakes(-1, 1, graph.add(new Mul(), y, graph.constant(4)), y);
    }

    @Test
    void leavesASecondScaleAndShift() {
        var y = graph.add(new Add(), plain(), graph.constant(4));
        graph.assertMakes(-1, 2, graph.add(new Add(), graph.add(new Mul(), y, graph.constant(4)), graph.constant(4)));
    }

    @Test
    void leavesOtherDimensions() {
        var one = difference(x, 1, 2);
        var other = difference(x, 1);
        var none = graph.add(
                new Sub(), x, graph.add(new ReduceMean(true, true), x, graph.constant(Tensor.of(new long[0], 0))));
        graph.assertStays(
                graph.divided(Division.QUOTIENT, false, one, graph.variance(one, -1)),
                graph.divided(Division.RECIPROCAL, false, other, graph.variance(other, 1)),
                graph.divided(Division.QUOTIENT, false, none, graph.variance(none, -1)));
    }

    @Test
    void leavesRowsOfUnknownLength() {
        var unknown = new RowNormGraph(new MakeLayerNormalization(), DataType.FLOAT32, THREE, Dim.symbol("m"));
        var difference = unknown.add(new Sub(), unknown.x, unknown.mean(unknown.x, -1));
        unknown.assertStays(unknown.divided(Division.QUOTIENT, false, difference, unknown.variance(difference, -1)));
    }

    @Test
    void leavesLongRowsWithoutConstants() {
        var longer = new RowNormGraph(new MakeLayerNormalization(), DataType.FLOAT32, Dim.of(1), Dim.of(1 << 20));
        var difference = longer.add(new Sub(), longer.x, longer.mean(longer.x, -1));
        longer.assertStays(longer.divided(Division.QUOTIENT, false, difference, longer.variance(difference, -1)));
    }

    @Test
    void leavesMeansThatLoseTheirDimension() {
        var flat = graph.add(new ReduceMean(false, false), x, graph.constant(Tensor.of(new long[] {0, 1, 2}, 3)));
        var difference = graph.add(new Sub(), x, flat);
        graph.assertStays(graph.divided(Division.QUOTIENT, false, difference, graph.variance(difference, -1)));
    }

    @Test
    void leavesValuesThatOthersRead() {
        var difference = difference(x, -1);
        var variance = graph.variance(difference, -1);
        var other = difference(x, -1);
        graph.assertStays(
                graph.divided(Division.QUOTIENT, false, difference, variance),
                graph.add(new Relu(), variance),
                graph.divided(Division.POWER, false, other, graph.variance(other, -1)),
                other);
    }

    @Test
    void leavesMeansThatOthersRead() {
        var mean = graph.mean(x, -1);
        var difference = graph.add(new Sub(), x, mean);
        graph.assertStays(graph.divided(Division.QUOTIENT, false, difference, graph.variance(difference, -1)), mean);
    }

    @Test
    void leavesFactorsThatOthersRead() {
        var mean = graph.mean(x, -1);
        var factor = graph.inverse(graph.variance(graph.add(new Sub(), x, mean), -1));
        var sum = graph.add(new Add(), graph.add(new Mul(), x, factor), offset(Offset.SUB, false, mean, factor));
        graph.assertStays(sum, graph.add(new Relu(), factor));
    }

    private Value withEpsilon(Value epsilon) {
        var difference = difference(x, -1);
        var squares = graph.mean(graph.square(Square.POWER, difference), -1);
        return graph.divided(Division.QUOTIENT, false, difference, graph.add(new Add(), squares, epsilon));
    }

    @Test
    void leavesOtherEpsilons() {
        graph.assertStays(
                withEpsilon(graph.input("epsilon", TensorType.of(DataType.FLOAT32, 1))),
                withEpsilon(graph.constant(Tensor.of(new float[] {EPSILON, 1, 2}, 3, 1))),
                withEpsilon(graph.constant(Tensor.of(new float[] {EPSILON}, 1, 1, 1, 1))));
    }

    @Test
    void leavesEpsilonsAfterTheRoot() {
        var difference = difference(x, -1);
        var root = graph.add(new Sqrt(), graph.mean(graph.square(Square.POWER, difference), -1));
        graph.assertStays(graph.add(new Div(), difference, graph.add(new Add(), root, graph.number(EPSILON))));
    }

    @Test
    void leavesMeansOfOtherTensors() {
        var other = graph.input("other", DataType.FLOAT32, THREE, FOUR);
        var difference = graph.add(new Sub(), x, graph.mean(other, -1));
        graph.assertStays(graph.divided(Division.QUOTIENT, false, difference, graph.variance(difference, -1)));
    }

    @Test
    void leavesVariancesOfOtherTensors() {
        var other = difference(graph.input("other", DataType.FLOAT32, THREE, FOUR), -1);
        graph.assertStays(graph.divided(Division.QUOTIENT, false, difference(x, -1), graph.variance(other, -1)));
    }

    @Test
    void leavesOtherNumerators() {
        var mean = graph.mean(x, -1);
        var variance = graph.variance(graph.add(new Sub(), x, mean), -1);
        graph.assertStays(graph.divided(Division.RECIPROCAL, false, graph.add(new Sub(), mean, x), variance));
    }

    @Test
    void leavesRootsDividedByDifferences() {
        var difference = difference(x, -1);
        graph.assertStays(graph.add(new Div(), graph.add(new Sqrt(), graph.variance(difference, -1)), difference));
    }

    @Test
    void leavesOtherPowers() {
        var cubed = difference(x, -1);
        var cubes = graph.add(new Add(), graph.mean(graph.add(new Pow(), cubed, graph.number(3)), -1), graph.number(1));
        var squared = difference(x, -1);
        graph.assertStays(
                graph.divided(Division.QUOTIENT, false, cubed, cubes),
                graph.add(new Mul(), squared, graph.add(new Pow(), graph.variance(squared, -1), graph.number(-1))));
    }

    @Test
    void leavesOtherOffsets() {
        var mean = graph.mean(x, -1);
        var factor = graph.inverse(graph.variance(graph.add(new Sub(), x, mean), -1));
        var product = graph.add(new Mul(), mean, factor);
        var sum = graph.add(new Add(), product, graph.constant(4));
        graph.assertStays(graph.add(new Add(), graph.add(new Mul(), x, factor), sum));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT16", "INT32"})
    void leavesOtherTypes(DataType type) {
        var typed = new RowNormGraph(new MakeLayerNormalization(), type, THREE, FOUR);
        var difference = typed.add(new Sub(), typed.x, typed.mean(typed.x, -1));
        var squares = typed.mean(typed.square(Square.PRODUCT, difference), -1);
        var variance = typed.add(new Add(), squares, typed.one(type));
        typed.assertStays(typed.divided(Division.POWER, false, difference, variance));
    }
}
