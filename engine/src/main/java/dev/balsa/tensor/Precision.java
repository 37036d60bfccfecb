package dev.balsa.tensor;

/// How close floating-point results must stay to what the model says.
public enum Precision {
    /// No worse than plain fp32 arithmetic. On AMX, six products of bfloat16 parts for one.
    EXACT,
    /// At most 2e-5 of a layer's largest output away from the exact result (`fast`, the default). On AMX, three
    /// products of bfloat16 parts for one.
    FAST,
    /// Products of bfloat16 operands, summed in fp32, where the processor has AMX; operands may be sums of
    /// neighbouring pixels and of weights, as in Winograd's algorithm. Elsewhere the same as [#FAST], but that
    /// many weights which few rows are multiplied by are rounded to bfloat16.
    BF16
}
