package dev.balsa.kernel.gemm;

/// How many zero points an operand of quantised numbers has. Zero points have the type of their operand.
public enum ZeroPoints {
    /// None: the zero point is 0 and there is no operand for it.
    NONE,
    /// One for all elements.
    ONE,
    /// One per row of a left factor, per column of a right factor, per output channel of weights.
    EACH;

    /// The number of operands that hold them.
    public int operands() {
        return this == NONE ? 0 : 1;
    }
}
