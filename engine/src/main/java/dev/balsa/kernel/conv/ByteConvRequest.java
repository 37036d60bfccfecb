package dev.balsa.kernel.conv;

import dev.balsa.kernel.gemm.ZeroPoints;

/// A convolution of bytes with exact sums to ints (which wrap around), channels-first, one to three spatial dimensions:
/// ONNX ConvInteger (opset 10) and the sums of QLinearConv (opset 10).
///
/// Operands: 0 is X `[batch, channels, input...]`, 1 is W `[outputs, channels / groups, kernel...]`, then the zero
/// point of X and those of W where they have any, then the output `[batch, outputs, output...]` of ints ([#output]).
/// Padding counts as the zero point of X.
///
/// @param signedX whether the bytes of X and of its zero point are signed
/// @param signedW whether the bytes of W and of its zero points are signed
/// @param zeroX not [ZeroPoints#EACH]
/// @param zeroW with [ZeroPoints#EACH] one per output channel
public record ByteConvRequest(
        int batch,
        int groups,
        int channels,
        int outputs,
        Window window,
        boolean signedX,
        boolean signedW,
        ZeroPoints zeroX,
        ZeroPoints zeroW) {
    /// Checks that the groups divide the channels and that X has one zero point at most.
    public ByteConvRequest {
        if (batch < 0 || groups < 1 || channels % groups != 0 || outputs % groups != 0 || zeroX == ZeroPoints.EACH) {
            throw new IllegalArgumentException(
                    "byte convolution: expected groups that divide channels and at most one zero "
                            + "point of X, found batch " + batch + ", " + groups + " groups, " + channels
                            + " channels, " + outputs
                            + " outputs, zero points of X: " + zeroX);
        }
    }

    /// The index of the output among the operands.
    public int output() {
        return 2 + zeroX.operands() + zeroW.operands();
    }
}
