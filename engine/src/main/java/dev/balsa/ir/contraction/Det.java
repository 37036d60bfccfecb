package dev.balsa.ir.contraction;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// The determinants of square matrices in the last two dimensions (ONNX Det, opset 11 to 22), by Gaussian elimination
/// with row pivoting. That of a matrix without rows is 1.
public record Det() implements Contraction {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA =
            Schema.of("Det").since(11).in("X", Schema.FLOATS).out("Y").reader(node -> new Det());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        var x = in.shape(0);
        if (!x.hasRank()) {
            return List.of(in.type(0));
        }
        if (x.rank() < 2 || !x.dim(-1).mayEqual(x.dim(-2))) {
            throw in.mismatch(0, "no square matrices", "two equal last dimensions", x);
        }
        return List.of(in.type(0).withShape(SymbolicShape.of(x.list().subList(0, x.rank() - 2))));
    }

    @Override
    public void evaluate(Evaluation run) {
        var x = run.input(0);
        int rank = x.shape().rank();
        long length = rank < 2 ? -1 : x.shape().dim(-1);
        if (length < 0 || length != x.shape().dim(-2) || length > Integer.MAX_VALUE) {
            throw new ShapeException("input 0: no square matrices; expected two equal last dimensions, found "
                    + x.shape() + "; check the model's inputs");
        }
        var y = run.output(0, x.type(), Shape.of(x.shape().toList().subList(0, rank - 2)));
        for (long i = 0; i < y.size(); i++) {
            y.setDouble(i, determinant(matrix(x, i * length * length, (int) length)));
        }
    }

    private static double[][] matrix(Tensor x, long at, int length) {
        var rows = new double[length][length];
        for (int row = 0; row < length; row++) {
            for (int column = 0; column < length; column++) {
                rows[row][column] = x.getDouble(at + (long) row * length + column);
            }
        }
        return rows;
    }

    /// Brings the matrix to triangular form, in place.
    private static double determinant(double[][] rows) {
        double product = 1;
        for (int step = 0; step < rows.length; step++) {
            int pivot = pivot(rows, step);
            if (pivot != step) {
                var swapped = rows[pivot];
                rows[pivot] = rows[step];
                rows[step] = swapped;
                product = -product;
            }
            if (rows[step][step] == 0) {
                return 0;
            }
            product *= rows[step][step];
            eliminate(rows, step);
        }
        return product;
    }

    private static int pivot(double[][] rows, int step) {
        int best = step;
        for (int row = step + 1; row < rows.length; row++) {
            if (Math.abs(rows[row][step]) > Math.abs(rows[best][step])) {
                best = row;
            }
        }
        return best;
    }

    private static void eliminate(double[][] rows, int step) {
        for (int row = step + 1; row < rows.length; row++) {
            double factor = rows[row][step] / rows[step][step];
            for (int column = step + 1; column < rows.length; column++) {
                rows[row][column] -= factor * rows[step][column];
            }
        }
    }
}
