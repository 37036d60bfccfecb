package dev.balsa.kernel.gemm;

import java.util.List;

/// A batch of products of byte matrices with exact sums: `out[b] = (A[b] - zeroA) * (B[b] - zeroB)`, with A of `m` by
/// `k` and B of `k` by `n` bytes and out of `m` by `n` ints (which wrap around), row-major and dense.
///
/// Serves ONNX MatMulInteger (opset 10) and the products of QLinearMatMul (opset 10-21).
///
/// Operands: 0 is A, 1 is B, then the zero points of A and those of B where they have any, then the output ([#output]).
/// With [ZeroPoints#EACH], A has one per row (of one matrix, or of all batches one after the other) and B one per
/// column.
///
/// @param offsetsA per batch, the byte at which its matrix A begins
/// @param offsetsB per batch, the byte at which its matrix B begins
/// @param signedA whether the bytes of A and of its zero points are signed
/// @param signedB whether the bytes of B and of its zero points are signed
public record ByteGemmRequest(
        int m,
        int n,
        int k,
        List<Long> offsetsA,
        List<Long> offsetsB,
        boolean signedA,
        boolean signedB,
        ZeroPoints zeroA,
        ZeroPoints zeroB) {
    /// Copies the lists and checks that they are equally long.
    public ByteGemmRequest {
        offsetsA = List.copyOf(offsetsA);
        offsetsB = List.copyOf(offsetsB);
        if (offsetsA.size() != offsetsB.size()) {
            throw new IllegalArgumentException("byte matrix product: expected as many batches of A as of B, found "
                    + offsetsA.size() + " and " + offsetsB.size());
        }
    }

    /// The index of the output among the operands.
    public int output() {
        return 2 + zeroA.operands() + zeroB.operands();
    }
}
