package dev.balsa.kernel.replay;

/// A run cannot be captured: what it does depends on more than the addresses of its operands.
public final class UncapturedException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param reason what it is
    public UncapturedException(String reason) {
        super(reason);
    }
}
