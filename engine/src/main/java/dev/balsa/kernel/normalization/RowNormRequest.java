package dev.balsa.kernel.normalization;

/// Normalisation of rows of floats: ONNX LayerNormalization opset 17, RMSNormalization opset 23.
///
/// Operands in this order, those in brackets if asked for: X `[rows, size]`, [scale `[size]`], [bias `[size]`], then Y
/// `[rows, size]`, [mean `[rows]`, inverse deviation `[rows]`]. Y may be the memory of X. Every row becomes
/// `(x - mean) / sqrt(variance + epsilon) * scale + bias`; uncentred rows take 0 for the mean, and with it the variance
/// is the mean square.
///
/// @param rows dimensions before the axis, as one
/// @param size dimensions from the axis on, as one
/// @param epsilon added to the variance
/// @param centered whether the mean is subtracted (layer normalisation) or not (root mean square)
/// @param scaled whether there is a scale
/// @param shifted whether there is a bias
/// @param statistics whether mean and inverse deviation are outputs too
public record RowNormRequest(
        long rows, int size, float epsilon, boolean centered, boolean scaled, boolean shifted, boolean statistics) {
    /// The index of Y among the operands.
    public int output() {
        return 1 + (scaled ? 1 : 0) + (shifted ? 1 : 0);
    }
}
