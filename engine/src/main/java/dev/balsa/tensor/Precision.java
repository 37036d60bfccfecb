package dev.balsa.tensor;

/// How close floating-point results must stay to what the model says.
public enum Precision {
    /// No worse than plain fp32 arithmetic.
    EXACT,
    /// At most 2e-5 of a layer's largest output away from the exact result (`fast`, the default).
    FAST,
    /// Products of bfloat16 operands, summed in fp32.
    BF16
}
