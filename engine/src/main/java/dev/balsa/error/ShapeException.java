package dev.balsa.error;

/// A tensor has a shape, type or value that does not fit where it is used.
public final class ShapeException extends BalsaException {
    private static final long serialVersionUID = 1L;

    /// A failure with a complete message (subject, fault, expected, found, remedy).
    public ShapeException(String message) {
        super(ErrorCode.SHAPE, message);
    }

    /// A failure with a complete message and the exception that revealed it.
    public ShapeException(String message, Throwable cause) {
        super(ErrorCode.SHAPE, message, cause);
    }
}
