package dev.balsa.rewrite;

import static dev.balsa.rewrite.RowNormGraph.EPSILON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.balsa.ir.Dim;
import dev.balsa.ir.TensorType;
import dev.balsa.ir.Value;
import dev.balsa.ir.elementwise.Add;
import dev.balsa.ir.elementwise.Div;
import dev.balsa.ir.elementwise.Mul;
import dev.balsa.ir.elementwise.Pow;
import dev.balsa.ir.elementwise.Relu;
import dev.balsa.ir.elementwise.Sqrt;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Each way to write RMS norm that [MakeRmsNormalization] knows becomes one node that gives the same; what is not
/// quite RMS norm stays.
class MakeRmsNormalizationTest {
    private static final Dim THREE = Dim.of(3);
    private static final Dim FOUR = Dim.of(4);
    private final RowNormGraph graph = new RowNormGraph(new MakeRmsNormalization());
    private final Value x = graph.x;

    private Value plain() {
        return graph.divided(Division.RECIPROCAL, false, x, graph.variance(x, -1));
    }

    private record Form(Square square, Division division, boolean isSwapped, boolean isScaled) {}

    static Stream<Form> forms() {
        var forms = new ArrayList<Form>();
        for (var square : Square.values()) {
            for (var division : Division.values()) {
                for (int bits = 0; bits < 4; bits++) {
                    forms.add(new Form(square, division, (bits & 1) != 0, (bits & 2) != 0));
                }
            }
        }
        return forms.stream();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void asExportersWriteIt(Form form) {
        var squares = graph.mean(graph.square(form.square(), x), -1);
        var variance = graph.add(new Add(), form.isSwapped(), squares, graph.number(EPSILON));
        var y = graph.divided(form.division(), form.isSwapped(), x, variance);
        if (form.isScaled()) {
            y = graph.add(new Mul(), form.isSwapped(), y, graph.constant(4));
        }
        var after = graph.assertMakes(-1, 0, y);
        assertThat(after.nodes().getFirst().inputs()).hasSize(2);
    }

    @Test
    void theScaleMayComeBeforeTheProduct() {
        var factor = graph.add(new Mul(), graph.inverse(graph.variance(x, -1)), graph.constant(4));
        graph.assertMakes(-1, 0, graph.add(new Mul(), factor, x));
    }

    @Test
    void aSquareRootMayBeAPower() {
        var root = graph.add(new Pow(), graph.variance(x, -1), graph.number(0.5));
        graph.assertMakes(-1, 0, graph.add(new Div(), x, root));
    }

    @Test
    void exponentsMayBeIntegers() {
        var squares = graph.add(new Pow(), x, graph.constant(Tensor.of(new long[] {2})));
        var variance = graph.add(new Add(), graph.mean(squares, -1), graph.number(EPSILON));
        graph.assertMakes(-1, 0, graph.divided(Division.QUOTIENT, false, x, variance));
    }

    static Stream<long[]> constants() {
        return Stream.of(new long[0], new long[] {1}, new long[] {4}, new long[] {3, 1}, new long[] {1, 3, 4});
    }

    @ParameterizedTest
    @MethodSource("constants")
    void constantsAreSpreadToRows(long... dims) {
        var y = graph.divided(Division.QUOTIENT, false, x, graph.variance(x, -2, -1));
        graph.assertMakes(-2, 0, graph.add(new Mul(), y, graph.constant(dims)));
    }

    @Test
    void kernelsGiveTheSame() {
        var wide = new RowNormGraph(new MakeRmsNormalization(), DataType.FLOAT32, Dim.of(5), Dim.of(37));
        var y = wide.divided(Division.ONE_OVER, false, wide.x, wide.variance(wide.x, -1));
        y = wide.add(new Mul(), wide.constant(37), y);
        var input = Tensor.of(new float[2 * 5 * 37], 2, 5, 37);
        var random = new Random(3);
        for (int i = 0; i < input.size(); i++) {
            input.setDouble(i, random.nextGaussian());
        }
        assertThat(BothWays.compare(wide.build(y), List.of(List.of(input)), 2, 1e-5))
                .singleElement()
                .asString()
                .contains("rownorm");
    }

    @Test
    void leavesProductsThatBroadenTheResult() {
        var y = plain();
        graph.assertMakes(-1, 1, graph.add(new Mul(), y, graph.constant(2, 1, 1, 4)));
    }

    @Test
    void leavesProductsByWhatIsNoConstant() {
        var scale = graph.input("scale", TensorType.of(DataType.FLOAT32, 4));
        graph.assertMakes(-1, 1, graph.add(new Mul(), plain(), scale));
    }

    @Test
    void leavesSquaresOfTheResult() {
        var y = plain();
        graph.assertMakes(-1, 1, graph.add(new Mul(), y, y));
    }

    @Test
    void leavesOtherDimensions() {
        var flat = graph.add(new ReduceMean(false, false), x, graph.constant(Tensor.of(new long[] {0, 1, 2}, 3)));
        graph.assertStays(
                graph.divided(Division.QUOTIENT, false, x, graph.variance(x, 1)),
                graph.divided(Division.RECIPROCAL, false, x, graph.variance(x, 0, 1)),
                graph.divided(Division.QUOTIENT, false, x, graph.add(new Add(), flat, graph.number(EPSILON))));
    }

    @Test
    void leavesRowsOfUnknownLength() {
        var unknown = new RowNormGraph(new MakeRmsNormalization(), DataType.FLOAT32, THREE, Dim.symbol("m"));
        unknown.assertStays(unknown.divided(Division.QUOTIENT, false, unknown.x, unknown.variance(unknown.x, -1)));
    }

    @Test
    void leavesValuesThatOthersRead() {
        var variance = graph.variance(x, -1);
        var inverse = graph.inverse(graph.variance(x, -1));
        graph.assertStays(
                graph.divided(Division.QUOTIENT, false, x, variance),
                graph.add(new Relu(), variance),
                graph.add(new Mul(), x, inverse),
                inverse);
    }

    @Test
    void leavesOtherEpsilons() {
        var squares = graph.mean(graph.square(Square.POWER, x), -1);
        var input = graph.input("epsilon", TensorType.of(DataType.FLOAT32, 1));
        var root = graph.add(new Sqrt(), graph.mean(graph.square(Square.POWER, x), -1));
        graph.assertStays(
                graph.divided(Division.QUOTIENT, false, x, graph.add(new Add(), squares, input)),
                graph.add(new Div(), x, graph.add(new Add(), root, graph.number(EPSILON))));
    }

    @Test
    void leavesSquaresOfOtherTensors() {
        var other = graph.input("other", DataType.FLOAT32, THREE, FOUR);
        graph.assertStays(
                graph.divided(Division.QUOTIENT, false, other, graph.variance(x, -1)),
                graph.add(new Div(), graph.add(new Sqrt(), graph.variance(x, -1)), x),
                graph.divided(
                        Division.RECIPROCAL,
                        false,
                        x,
                        graph.add(new Add(), graph.mean(graph.add(new Mul(), x, other), -1), graph.number(EPSILON))));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT16", "INT32"})
    void leavesOtherTypes(DataType type) {
        var typed = new RowNormGraph(new MakeRmsNormalization(), type, THREE, FOUR);
        var squares = typed.mean(typed.square(Square.PRODUCT, typed.x), -1);
        var variance = typed.add(new Add(), squares, typed.one(type));
        typed.assertStays(typed.divided(Division.POWER, false, typed.x, variance));
    }
}
