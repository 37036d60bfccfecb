package dev.balsa.ir.attention;

/// At which stage attention gives its scores as an output (`qk_matmul_output_mode` 0 to 3).
public enum ScoreStage {
    /// The scaled products of queries and keys.
    PRODUCTS,
    /// After the soft limit.
    CAPPED,
    /// After the mask.
    MASKED,
    /// The probabilities.
    PROBABILITIES
}
