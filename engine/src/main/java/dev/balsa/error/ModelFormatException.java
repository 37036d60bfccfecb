package dev.balsa.error;

/// A model or tensor file is corrupt, truncated or contradicts the ONNX specification.
public final class ModelFormatException extends BalsaException {
    private static final long serialVersionUID = 1L;

    /// A failure with a complete message (subject, fault, expected, found, remedy).
    public ModelFormatException(String message) {
        super(ErrorCode.MODEL_FORMAT, message);
    }

    /// A failure with a complete message and the exception that revealed it.
    public ModelFormatException(String message, Throwable cause) {
        super(ErrorCode.MODEL_FORMAT, message, cause);
    }
}
