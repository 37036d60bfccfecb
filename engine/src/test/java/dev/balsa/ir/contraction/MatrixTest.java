package dev.balsa.ir.contraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.balsa.error.ShapeException;
import dev.balsa.onnx.NodeModel;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Gemm and Det in the corners that models rarely show.
class MatrixTest {
    private static final Tensor A = Tensor.of(new int[] {1, 2, 3, 4, 5, 6}, 2, 3);

    @Test
    void scalesIntegers() {
        var c = Tensor.of(new int[] {10, 20}, 2, 1);
        var y = NodeModel.of("Gemm", 13)
                .with("transB", 1)
                .with("alpha", 0.5F)
                .with("beta", 3F)
                .run(A, A, c);
        assertThat(y.toLongArray()).containsExactly(30 + 7, 30 + 16, 60 + 16, 60 + 38);
    }

    @Test
    void takesEmptyMatrices() {
        var none = Tensor.of(new float[0], 2, 0);
        var bias = Tensor.of(new float[] {1, 2}, 2);
        assertThat(NodeModel.of("Gemm", 9)
                        .with("transB", 1)
                        .run(none, none, bias)
                        .toFloatArray())
                .containsExactly(1, 2, 1, 2);
        assertThat(NodeModel.of("Gemm", 11).with("transA", 1).run(none, none).shape())
                .isEqualTo(Shape.of(0, 0));
    }

    @Test
    void sumsUpEveryElementOfLargeProducts() {
        int m = 131;
        int k = 3;
        int n = 515;
        var a = Tensor.allocate(DataType.FLOAT64, Shape.of(k, m));
        var b = Tensor.allocate(DataType.FLOAT64, Shape.of(n, k));
        var c = Tensor.allocate(DataType.FLOAT64, Shape.of(m, 1));
        for (var tensor : List.of(a, b, c)) {
            for (long i = 0; i < tensor.size(); i++) {
                tensor.setDouble(i, i % 19 - 9);
            }
        }
        var y = NodeModel.of("Gemm", 13)
                .with("transA", 1)
                .with("transB", 1)
                .with("alpha", 2F)
                .run(a, b, c);
        for (long i = 0; i < y.size(); i++) {
            long row = i / n;
            double sum = c.getDouble(row);
            for (long j = 0; j < k; j++) {
                sum += 2 * a.getDouble(j * m + row) * b.getDouble(i % n * k + j);
            }
            assertThat(y.getDouble(i)).isEqualTo(sum);
        }
    }

    @Test
    void refusesMisfitsBeforeAndDuringTheRun() {
        var vector = Tensor.of(new int[3], 3);
        assertThatThrownBy(() -> NodeModel.of("Gemm", 13).run(A, A)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("Gemm", 13).unranked().run(A, A)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("Gemm", 13).unranked().run(A, vector))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("Gemm", 13).with("transB", 1).run(A, A, vector))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> NodeModel.of("Det", 11).unranked().run(Tensor.of(new float[3], 3)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void findsDeterminants() {
        var x = Tensor.of(new double[] {0, 2, 3, 4, 1, 2, 2, 4}, 2, 2, 2);
        assertThat(NodeModel.of("Det", 11).run(x).toDoubleArray()).containsExactly(-6, 0);
        assertThat(NodeModel.of("Det", 22).run(Tensor.of(new double[0], 0, 0)).toDoubleArray())
                .containsExactly(1);
    }
}
