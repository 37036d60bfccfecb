package dev.balsa.kernel;

/// Functions of one float that kernels can apply to a result before it is stored, or as a loop of their own.
///
/// Some take parameters `alpha` and `beta`, as [Stage] carries them. The definitions are those of the ONNX operators of
/// the same name.
public enum UnaryFunction {
    ABS,
    NEG,
    SQUARE,
    SQRT,
    RECIPROCAL,
    EXP,
    LOG,
    ERF,
    TANH,
    SIGMOID,
    SIN,
    COS,
    FLOOR,
    CEIL,
    /// To nearest, ties to even.
    ROUND,
    RELU,
    /// x below 0 becomes alpha times x.
    LEAKY_RELU,
    /// alpha times (exp(x) - 1) below 0.
    ELU,
    /// max(0, min(1, alpha times x + beta)).
    HARD_SIGMOID,
    HARD_SWISH,
    /// x times sigmoid(alpha times x).
    SWISH,
    SOFTPLUS,
    MISH,
    /// x/2 times (1 + erf(x / sqrt(2))).
    GELU,
    /// The tanh approximation.
    GELU_TANH,
    /// min(max(x, alpha), beta); a NaN stays.
    CLIP,
    /// alpha times x + beta.
    AFFINE
}
