package dev.balsa.error;

/// The kinds of failure that Balsa reports. A command maps a code to an exit status, a server to a protocol status.
public enum ErrorCode {
    /// The model file (or a tensor file) is corrupt, truncated or contradicts the ONNX specification.
    MODEL_FORMAT,
    /// The model is well formed, but asks for an operator, type or option that Balsa does not offer.
    UNSUPPORTED,
    /// A tensor given to the model, or met inside it, has a shape, type or value that does not fit.
    SHAPE,
    /// A limit was reached: memory, file size, nesting, a missing file, a closed model.
    RESOURCE,
    /// A defect in Balsa itself.
    INTERNAL
}
