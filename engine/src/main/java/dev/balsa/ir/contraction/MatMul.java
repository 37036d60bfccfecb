package dev.balsa.ir.contraction;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The matrix product over the last two dimensions, batched and broadcast over those before (ONNX MatMul, opset 1
/// to 13, with numpy.matmul's rule for vectors).
public record MatMul() implements Contraction {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("MatMul")
            .in("A", Schema.NUMERIC)
            .in("B", Schema.NUMERIC)
            .out("Y")
            .reader(node -> new MatMul());

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        return List.of(in.type(0).withShape(product(in.shape(0), in.shape(1))));
    }

    /// The shape of the product of operands of the given shapes.
    ///
    /// @throws ShapeException if they have none
    public static SymbolicShape product(SymbolicShape a, SymbolicShape b) {
        if (!a.hasRank() || !b.hasRank()) {
            return SymbolicShape.UNKNOWN;
        }
        if (a.rank() == 0 || b.rank() == 0) {
            throw misfit("a scalar has none", "rank 1 or more", a, b);
        }
        var inner = b.dim(b.rank() == 1 ? 0 : -2);
        if (!a.dim(-1).mayEqual(inner)) {
            throw misfit("inner dimensions differ", a.dim(-1) + " rows on the right", a, b);
        }
        var dims = new ArrayList<Dim>();
        var batchA = SymbolicShape.of(a.list().subList(0, Math.max(a.rank() - 2, 0)));
        var batchB = SymbolicShape.of(b.list().subList(0, Math.max(b.rank() - 2, 0)));
        dims.addAll(Broadcasting.shape(batchA, batchB).list());
        if (a.rank() > 1) {
            dims.add(a.dim(-2));
        }
        if (b.rank() > 1) {
            dims.add(b.dim(-1));
        }
        return SymbolicShape.of(dims);
    }

    private static ShapeException misfit(String what, String expected, SymbolicShape a, SymbolicShape b) {
        return new ShapeException("matrix product: " + what + "; expected " + expected + ", found operands " + a
                + " and " + b + "; check the model, or the shapes of its inputs");
    }

    @Override
    public void evaluate(Evaluation run) {
        var a = matrix(run.input(0), true);
        var b = matrix(run.input(1), false);
        var batch = Broadcasting.shape(batch(a), batch(b));
        long rows = a.shape().dim(-2);
        long columns = b.shape().dim(-1);
        var y = run.output(0, a.type(), resultShape(run, batch, rows, columns));
        var places = new Broadcasting(batch, List.of(batch(a), batch(b)));
        for (long i = 0; i < batch.size(); i++, places.next()) {
            multiply(a, b, y, places.index(0), places.index(1), i);
        }
    }

    /// A vector as a matrix of one row (left) or one column (right).
    private static Tensor matrix(Tensor operand, boolean left) {
        if (operand.shape().rank() > 1) {
            return operand;
        }
        long length = operand.size();
        return operand.reshaped(left ? Shape.of(1, length) : Shape.of(length, 1));
    }

    private static Shape batch(Tensor operand) {
        return Shape.of(operand.shape().toList().subList(0, operand.shape().rank() - 2));
    }

    private static Shape resultShape(Evaluation run, Shape batch, long rows, long columns) {
        var dims = new ArrayList<>(batch.toList());
        if (run.input(0).shape().rank() > 1) {
            dims.add(rows);
        }
        if (run.input(1).shape().rank() > 1) {
            dims.add(columns);
        }
        return Shape.of(dims);
    }

    private static void multiply(Tensor a, Tensor b, Tensor y, long matrixA, long matrixB, long matrixY) {
        long m = a.shape().dim(-2);
        long k = a.shape().dim(-1);
        long n = b.shape().dim(-1);
        if (a.type().isFloat()) {
            var left = new FloatProduct.Place(a, matrixA * m * k, k, 1);
            var right = new FloatProduct.Place(b, matrixB * k * n, n, 1);
            new FloatProduct(left, right, m, k, n)
                    .into((row, column, sum) -> y.setDouble((matrixY * m + row) * n + column, sum));
            return;
        }
        for (long row = 0; row < m; row++) {
            for (long column = 0; column < n; column++) {
                long atA = (matrixA * m + row) * k;
                long atB = matrixB * k * n + column;
                long sum = 0;
                for (long i = 0; i < k; i++) {
                    sum += a.getLong(atA + i) * b.getLong(atB + i * n);
                }
                y.setLong((matrixY * m + row) * n + column, sum);
            }
        }
    }
}
