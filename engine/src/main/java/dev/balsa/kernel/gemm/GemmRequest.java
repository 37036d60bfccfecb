package dev.balsa.kernel.gemm;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.epilogue.EpilogueOperands;

/// A batch of products of float matrices: `out[b] = epilogue(alpha * A[b] * B[b])`, with A of `m` by `k`, B of `k` by
/// `n` and out of `m` by `n`, row-major and dense, batch after batch.
///
/// Serves ONNX MatMul (opset 1-13) and Gemm (opset 7-13; C is an epilogue stage, already multiplied by beta).
///
/// Operands: 0 is A, 1 is B, then those that the epilogue names, numbered from 2 without gaps, and the output last
/// ([#output]). A constant operand is bound all the same. The output shares memory with no other operand. For the
/// epilogue the result is a matrix of `batch * m` rows and `n` columns. With `k` = 0 the product is all zeros.
///
/// Sums are taken in float with fused multiply-add, in an order that depends on the request and the kernel only.
///
/// @param m rows of the result, at least 0
/// @param n columns of the result, at least 0
/// @param k the length of the sums, at least 0
/// @param alpha the factor of every product
/// @param a the left factor
/// @param b the right factor, with as many batches
/// @param epilogue what is done to each element of the result
public record GemmRequest(int m, int n, int k, float alpha, GemmOperand a, GemmOperand b, Epilogue epilogue) {
    /// Checks that both factors have the same number of batches.
    public GemmRequest {
        if (m < 0 || n < 0 || k < 0 || a.offsets().size() != b.offsets().size()) {
            throw new IllegalArgumentException(
                    "matrix product: sizes are wrong; expected m, n, k of at least 0 and as many "
                            + "batches of A as of B, found m=" + m + " n=" + n + " k=" + k + ", "
                            + a.offsets().size() + " and " + b.offsets().size() + " batches");
        }
    }

    /// The number of products.
    public int batch() {
        return a.offsets().size();
    }

    /// The index of the output among the operands.
    public int output() {
        return EpilogueOperands.next(epilogue, 2);
    }
}
