package dev.balsa.kernel.gemm;

import dev.balsa.kernel.Epilogue;
import dev.balsa.kernel.KeyedRequest;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.epilogue.EpilogueOperands;
import dev.balsa.kernel.tile.PairFactor;

/// A product of 8-bit integers less their zero points with a constant right factor: exact 32-bit sums, which wrap
/// around, and what becomes of them. Serves ONNX MatMulInteger (opset 10) with what follows it.
///
/// Operands: 0 is A, `rows` by `depth` and dense, 1 is B, then the zero point of A, a single byte, if there is
/// one, then those that the epilogue names, and the output, dense, last ([#output]). The output shares memory with
/// no operand but one of the epilogue's that has its shape and as many bytes.
///
/// @param rows of A
/// @param depth length of the sums, that of the right factor
/// @param signed whether A is signed
/// @param zeroPoint whether there is an operand with A's zero point, of A's type
/// @param right B
/// @param result what becomes of sums
/// @param epilogue the stages that they go through
public record IntegerGemmRequest(
        int rows, int depth, boolean signed, boolean zeroPoint, PairFactor right, SumResult result, Epilogue epilogue)
        implements KeyedRequest {
    /// The index of the output among the operands.
    public int output() {
        return EpilogueOperands.next(epilogue, zeroPoint ? 3 : 2);
    }

    @Override
    public String key() {
        return "gemm_s32 " + rows + " " + depth + " " + right.columns() + " " + result.label() + " [" + epilogue.key()
                + "]";
    }
}
