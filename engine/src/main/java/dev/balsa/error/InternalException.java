package dev.balsa.error;

/// A defect in Balsa itself; the message says which assumption was broken.
public final class InternalException extends BalsaException {
    private static final long serialVersionUID = 1L;

    /// A failure with a complete message (subject, fault, expected, found, remedy).
    public InternalException(String message) {
        super(ErrorCode.INTERNAL, message);
    }

    /// A failure with a complete message and the exception that revealed it.
    public InternalException(String message, Throwable cause) {
        super(ErrorCode.INTERNAL, message, cause);
    }
}
