package dev.balsa.ir.contraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.BalsaException;
import dev.balsa.error.ModelFormatException;
import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EinsumTest {
    private static final Tensor M = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    private static final Tensor V = Tensor.of(new double[] {1, 10, 100}, 3);

    private static Tensor einsum(String equation, Tensor... inputs) {
        return NodeModel.of("Einsum", 12).with("equation", equation).run(inputs);
    }

    @Test
    void ordersAnImplicitResultByLetter() {
        assertThat(einsum("ba", M).shape()).isEqualTo(Shape.of(3, 2));
        assertThat(einsum("ij,j", M, V).toDoubleArray()).containsExactly(321, 654);
        assertThat(einsum("aB", M).shape()).as("capitals come first").isEqualTo(Shape.of(3, 2));
    }

    @Test
    void takesDiagonalsAndTraces() {
        var square = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
        assertThat(einsum("ii->i", square).toDoubleArray()).containsExactly(1, 4);
        assertThat(einsum("ii", square).toDoubleArray()).containsExactly(5);
    }

    @Test
    void multipliesManyOperands() {
        var rows = Tensor.of(new double[] {2, 3}, 2);
        assertThat(einsum("i,ij,j->", rows, M, V).toDoubleArray()).containsExactly(2 * 321 + 3 * 654);
        assertThat(einsum(" i , j -> j i ", rows, V).toDoubleArray()).containsExactly(2, 3, 20, 30, 200, 300);
    }

    @Test
    void broadcastsEllipses() {
        var batch = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 1, 3);
        var sums = einsum("...i,...i", batch, M);
        assertThat(sums.shape()).isEqualTo(Shape.of(2, 2));
        assertThat(sums.toDoubleArray()).containsExactly(14, 32, 32, 77);
        assertThat(einsum("i...->...", M).toDoubleArray()).containsExactly(5, 7, 9);
        assertThat(einsum("...->", M).toDoubleArray()).containsExactly(21);
    }

    @Test
    void sumsNothingToZero() {
        assertThat(einsum("ij->i", Tensor.of(new double[0], 2, 0)).toDoubleArray())
                .containsExactly(0, 0);
        assertThat(einsum("ij->j", Tensor.of(new double[0], 2, 0)).size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ij->k", "ij->ii", "ij->i->j", "i1", "i..j", "......ij", "ij->ij...."})
    void refusesMalformedEquations(String equation) {
        assertThatThrownBy(() -> einsum(equation, M)).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void refusesShapesThatDoNotFit() {
        assertThatThrownBy(() -> einsum("ijk", M)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> einsum("ij,ij", M, V)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> einsum("ij,i", M, V)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> einsum("ij,j", M)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("Einsum", 12)
                        .with("equation", "ij,i")
                        .unranked()
                        .run(M, V))
                .isInstanceOf(BalsaException.class);
    }
}
