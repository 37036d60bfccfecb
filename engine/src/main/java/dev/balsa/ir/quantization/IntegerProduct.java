package dev.balsa.ir.quantization;

import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// The matrix product of integer operands less their zero points, in 32 bits.
final class IntegerProduct {
    private final Shape result;
    private final Shape matrices;
    private final int[] sums;

    private IntegerProduct(Shape result, Shape matrices) {
        this.result = result;
        this.matrices = matrices;
        this.sums = new int[Centred.length(matrices)];
    }

    /// Multiplies; a vector of zero points has one per row on the left and one per column on the right.
    static IntegerProduct of(Tensor left, Tensor leftZero, Tensor right, Tensor rightZero) {
        var a = left.shape().rank() == 1 ? left.reshaped(Shape.of(1, left.size())) : left;
        var b = right.shape().rank() == 1 ? right.reshaped(Shape.of(right.size(), 1)) : right;
        var product = new IntegerProduct(shape(left, right), shape(a, b));
        product.multiply(
                a.shape(),
                Centred.of(a, Centred.along(a.shape().rank() - 2, a.shape().rank(), leftZero)),
                b.shape(),
                Centred.of(b, Centred.along(b.shape().rank() - 1, b.shape().rank(), rightZero)));
        return product;
    }

    private static Shape shape(Tensor a, Tensor b) {
        return MatMul.product(SymbolicShape.of(a.shape()), SymbolicShape.of(b.shape()))
                .known()
                .orElseThrow();
    }

    /// The shape of the product as numpy.matmul has it.
    Shape result() {
        return result;
    }

    /// The shape of the product with both matrix dimensions, even where an operand is a vector.
    Shape matrices() {
        return matrices;
    }

    /// Element `index`, row-major.
    int at(int index) {
        return sums[index];
    }

    private static Shape batch(Shape shape) {
        return Shape.of(shape.toList().subList(0, shape.rank() - 2));
    }

    private void multiply(Shape a, int[] left, Shape b, int[] right) {
        int m = (int) matrices.dim(-2);
        int n = (int) matrices.dim(-1);
        int k = (int) a.dim(-1);
        if (sums.length == 0 || k == 0) {
            return;
        }
        var places = new Broadcasting(batch(matrices), List.of(batch(a), batch(b)));
        for (int matrix = 0; matrix < sums.length / (m * n); matrix++, places.next()) {
            int atA = (int) places.index(0) * m * k;
            int atB = (int) places.index(1) * k * n;
            for (int i = 0; i < m * k; i++) {
                int from = atB + i % k * n;
                int to = (matrix * m + i / k) * n;
                for (int column = 0; column < n; column++) {
                    sums[to + column] += left[atA + i] * right[from + column];
                }
            }
        }
    }
}
