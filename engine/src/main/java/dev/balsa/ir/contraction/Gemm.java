package dev.balsa.ir.contraction;

import dev.balsa.error.ShapeException;
import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Dim;
import dev.balsa.ir.Evaluation;
import dev.balsa.ir.Inference;
import dev.balsa.ir.NodeReader;
import dev.balsa.ir.Schema;
import dev.balsa.ir.SymbolicShape;
import dev.balsa.ir.TensorType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;

/// alpha A' B' + beta C for matrices, each of A and B transposed or not, and a C that is broadcast to the product
/// (ONNX Gemm, opset 1 to 13).
///
/// @param alpha the factor of the product
/// @param beta the factor of C
/// @param transA whether A is given with its inner dimension first
/// @param transB whether B is given with its inner dimension last
public record Gemm(float alpha, float beta, boolean transA, boolean transB) implements Contraction {
    /// The operator's signature in ONNX.
    public static final Schema SCHEMA = Schema.of("Gemm")
            .in("A", Schema.NUMERIC)
            .in("B", Schema.NUMERIC)
            .optional("C", Schema.NUMERIC)
            .out("Y")
            .reader(Gemm::read);

    /// Attribute `broadcast` of opsets below 7 only allows what later opsets always do.
    private static Gemm read(NodeReader node) {
        return new Gemm(
                node.real("alpha", 1),
                node.real("beta", 1),
                node.integer("transA", 0) != 0,
                node.integer("transB", 0) != 0);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public List<TensorType> infer(Inference in) {
        for (int i = 0; i < in.inputs(); i++) {
            if (in.has(i) && in.dtype(i) != in.dtype(0)) {
                throw in.mismatch(
                        i, "element type differs from input 0", in.dtype(0).toString(), in.dtype(i));
            }
            if (i < 2 && in.shape(i).hasRank() && in.shape(i).rank() != 2) {
                throw in.mismatch(i, "no matrix", "rank 2", in.shape(i));
            }
        }
        var product = SymbolicShape.of(dim(in, 0, transA ? 1 : 0), dim(in, 1, transB ? 0 : 1));
        var inner = dim(in, 0, transA ? 0 : 1);
        if (!inner.mayEqual(dim(in, 1, transB ? 1 : 0))) {
            throw in.mismatch(1, "inner dimensions differ", inner + " (input 0 is " + in.shape(0) + ")", in.shape(1));
        }
        if (in.has(2)) {
            checkBias(in, product);
        }
        return List.of(in.type(0).withShape(product));
    }

    private static Dim dim(Inference in, int index, int axis) {
        return in.shape(index).hasRank() ? in.shape(index).dim(axis) : Dim.UNKNOWN;
    }

    private static void checkBias(Inference in, SymbolicShape product) {
        var c = in.shape(2);
        if (!c.hasRank()) {
            return;
        }
        boolean fits = c.rank() <= 2;
        for (int i = 1; fits && i <= c.rank(); i++) {
            fits = c.dim(-i).is(1) || c.dim(-i).mayEqual(product.dim(-i));
        }
        if (!fits) {
            throw in.mismatch(2, "cannot be broadcast to the product", "at most " + product, c);
        }
    }

    @Override
    public void evaluate(Evaluation run) {
        var a = run.input(0);
        var b = run.input(1);
        if (a.shape().rank() != 2 || b.shape().rank() != 2) {
            throw misfit("A and B must be matrices; expected rank 2", a.shape() + " and " + b.shape());
        }
        long rows = a.shape().dim(transA ? 1 : 0);
        long inner = a.shape().dim(transA ? 0 : 1);
        long columns = b.shape().dim(transB ? 0 : 1);
        if (b.shape().dim(transB ? 1 : 0) != inner) {
            throw misfit("inner dimensions differ; expected " + inner + " (A is " + a.shape() + ")", "B " + b.shape());
        }
        var y = run.output(0, a.type(), Shape.of(rows, columns));
        var c = run.has(2) ? run.input(2) : Tensor.allocate(a.type(), Shape.scalar());
        if (!Broadcasting.shape(y.shape(), c.shape()).equals(y.shape())) {
            throw misfit(
                    "C cannot be broadcast to the product; expected at most " + y.shape(),
                    c.shape().toString());
        }
        if (a.type().isFloat()) {
            var left = new FloatProduct.Place(a, 0, transA ? 1 : inner, transA ? rows : 1);
            var right = new FloatProduct.Place(b, 0, transB ? 1 : columns, transB ? inner : 1);
            var added = stretched(c);
            new FloatProduct(left, right, rows, inner, columns)
                    .into((row, column, sum) ->
                            y.setDouble(row * columns + column, alpha * sum + beta * added.get(row, column)));
            return;
        }
        var places = new Broadcasting(y.shape(), List.of(c.shape()));
        for (long i = 0; i < y.size(); i++, places.next()) {
            long atA = i / columns * (transA ? 1 : inner);
            long atB = i % columns * (transB ? inner : 1);
            long product = integerDot(a, atA, transA ? rows : 1, b, atB, transB ? 1 : columns, inner);
            y.setLong(i, scaled(alpha, product) + scaled(beta, c.getLong(places.index(0))));
        }
    }

    /// C as a matrix of the product's shape, whose index stands still where C is broadcast.
    private static FloatProduct.Place stretched(Tensor c) {
        var strides = c.shape().strides();
        int rank = strides.length;
        long row = rank < 2 || c.shape().dim(0) == 1 ? 0 : strides[0];
        long column = rank < 1 || c.shape().dim(-1) == 1 ? 0 : 1;
        return new FloatProduct.Place(c, 0, row, column);
    }

    private static ShapeException misfit(String what, String found) {
        return new ShapeException(what + ", found " + found + "; check the model's inputs");
    }

    private static long integerDot(Tensor a, long atA, long stepA, Tensor b, long atB, long stepB, long count) {
        long sum = 0;
        for (long i = 0; i < count; i++) {
            sum += a.getLong(atA + i * stepA) * b.getLong(atB + i * stepB);
        }
        return sum;
    }

    /// The product with a factor, in 64-bit integers where the factor is a whole number.
    private static long scaled(float factor, long value) {
        long whole = (long) factor;
        return factor == whole ? whole * value : (long) (factor * (double) value);
    }
}
