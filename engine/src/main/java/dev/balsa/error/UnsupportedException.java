package dev.balsa.error;

/// A well-formed model asks for something that Balsa does not offer.
public final class UnsupportedException extends BalsaException {
    private static final long serialVersionUID = 1L;

    /// A failure with a complete message (subject, fault, expected, found, remedy).
    public UnsupportedException(String message) {
        super(ErrorCode.UNSUPPORTED, message);
    }

    /// A failure with a complete message and the exception that revealed it.
    public UnsupportedException(String message, Throwable cause) {
        super(ErrorCode.UNSUPPORTED, message, cause);
    }
}
