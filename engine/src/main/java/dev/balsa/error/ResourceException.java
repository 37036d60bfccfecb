package dev.balsa.error;

/// A limit was reached or a resource is missing: memory, a file, nesting depth, a closed model.
public final class ResourceException extends BalsaException {
    private static final long serialVersionUID = 1L;

    /// A failure with a complete message (subject, fault, expected, found, remedy).
    public ResourceException(String message) {
        super(ErrorCode.RESOURCE, message);
    }

    /// A failure with a complete message and the exception that revealed it.
    public ResourceException(String message, Throwable cause) {
        super(ErrorCode.RESOURCE, message, cause);
    }
}
