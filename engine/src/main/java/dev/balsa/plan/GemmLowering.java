package dev.balsa.plan;

import dev.balsa.ir.Broadcasting;
import dev.balsa.ir.Graph;
import dev.balsa.ir.Node;
import dev.balsa.ir.Value;
import dev.balsa.ir.contraction.Gemm;
import dev.balsa.ir.contraction.MatMul;
import dev.balsa.kernel.gemm.GemmKernels;
import dev.balsa.kernel.gemm.GemmOperand;
import dev.balsa.kernel.gemm.GemmRequest;
import dev.balsa.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds kernels for matrix products on float32: MatMul, Gemm, and these with a chain.
record GemmLowering(Graph graph, KernelPicker picker) {
    Optional<KernelChoice> matMul(Node node, MatMul op) {
        var a = node.input(0);
        var b = node.input(1);
        if (!Chains.isFloat(a) || !Chains.isFloat(b) || !fits(Chains.shape(a)) || !fits(Chains.shape(b))) {
            return Optional.empty();
        }
        var left = matrix(Chains.shape(a), true);
        var right = matrix(Chains.shape(b), false);
        var batch = Broadcasting.shape(batch(left), batch(right));
        boolean folds = right.size(0, right.rank() - 2) == 1;
        // One matrix on the right for the whole batch: the batch is more rows.
        int m = Math.toIntExact(folds ? left.size(0, left.rank() - 1) : left.dim(-2));
        int n = Math.toIntExact(right.dim(-1));
        int k = Math.toIntExact(left.dim(-1));
        var offsetsA = folds ? List.of(0L) : offsets(batch, batch(left), (long) m * k);
        var offsetsB = folds ? List.of(0L) : offsets(batch, batch(right), (long) k * n);
        var epilogues = new Epilogues(graph, List.of(a, b)).chain(node);
        var request = new GemmRequest(
                m, n, k, 1, operand(false, k, offsetsA, a), operand(false, n, offsetsB, b), epilogues.epilogue());
        return picker.pick(
                GemmKernels.floats(picker.isa(), picker.precision(), picker.decodes()),
                request,
                epilogues.operands(node.output(0)),
                flops(offsetsA.size(), m, n, k));
    }

    Optional<KernelChoice> gemm(Node node, Gemm op) {
        var a = node.input(0);
        var b = node.input(1);
        var c = Epilogues.coreInputs(node).size() > 2 ? node.input(2) : Value.NONE;
        // alpha A B + beta C = beta (alpha / beta A B + C)
        float alpha = c.isPresent() ? op.alpha() / op.beta() : op.alpha();
        if (!Chains.isFloat(a) || !Chains.isFloat(b) || c.isPresent() && !(Chains.isFloat(c) && isOrdinary(alpha))) {
            return Optional.empty();
        }
        var left = Chains.shape(a);
        var right = Chains.shape(b);
        int m = Math.toIntExact(left.dim(op.transA() ? 1 : 0));
        int k = Math.toIntExact(left.dim(op.transA() ? 0 : 1));
        int n = Math.toIntExact(right.dim(op.transB() ? 0 : 1));
        var epilogues = new Epilogues(graph, List.of(a, b));
        if (c.isPresent()) {
            var spread = Spreads.overRows(Shape.of(m, n), Chains.shape(c));
            if (spread.isEmpty()) {
                return Optional.empty();
            }
            epilogues.bias(c, spread.get()).scale(op.beta());
        }
        epilogues.chain(node);
        var request = new GemmRequest(
                m,
                n,
                k,
                alpha,
                operand(op.transA(), left.dim(1), List.of(0L), a),
                operand(op.transB(), right.dim(1), List.of(0L), b),
                epilogues.epilogue());
        return picker.pick(
                GemmKernels.floats(picker.isa(), picker.precision(), picker.decodes()),
                request,
                epilogues.operands(node.output(0)),
                flops(1, m, n, k));
    }

    /// Whether a quotient is as exact as floats are.
    private static boolean isOrdinary(float value) {
        return Float.isFinite(value) && Math.abs(value) >= Float.MIN_NORMAL;
    }

    private GemmOperand operand(boolean transposed, long rowStride, List<Long> offsets, Value value) {
        var operand = new GemmOperand(transposed, rowStride, offsets, Optional.empty());
        return graph.constant(value)
                .map(tensor -> operand.withConstant(tensor.memory()))
                .orElse(operand);
    }

    private static boolean fits(Shape shape) {
        return shape.rank() >= 1
                && shape.toList().stream().allMatch(dim -> dim <= Integer.MAX_VALUE)
                && shape.size() <= Integer.MAX_VALUE;
    }

    /// A vector as a matrix of one row (left) or one column (right).
    private static Shape matrix(Shape shape, boolean left) {
        if (shape.rank() > 1) {
            return shape;
        }
        return left ? Shape.of(1, shape.dim(0)) : Shape.of(shape.dim(0), 1);
    }

    private static Shape batch(Shape matrix) {
        return Shape.of(matrix.toList().subList(0, matrix.rank() - 2));
    }

    static List<Long> offsets(Shape batch, Shape operand, long matrix) {
        var places = new Broadcasting(batch, List.of(operand));
        var offsets = new ArrayList<Long>();
        for (long i = 0; i < batch.size(); i++, places.next()) {
            offsets.add(places.index(0) * matrix);
        }
        return offsets;
    }

    private static long flops(long batch, long m, long n, long k) {
        return 2 * batch * m * n * k;
    }
}
