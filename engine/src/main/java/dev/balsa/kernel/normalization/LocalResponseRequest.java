package dev.balsa.kernel.normalization;

/// Local response normalisation across neighbouring channels: ONNX LRN, opset 1-13.
///
/// Operands: 0 is X `[batch, channels, plane]`, 1 is Y of the same shape; they share no memory. Every element is
/// divided by `(bias + alpha / size * sum of squares)^beta`, the sum taken over the channels from `c - (size - 1) / 2`
/// to `c + size / 2`.
///
/// @param batch images
/// @param channels channels
/// @param plane spatial dimensions, as one
/// @param size channels that are summed over
/// @param alpha weight of the mean square
/// @param beta exponent
/// @param bias added to the weighted mean square
public record LocalResponseRequest(
        long batch, int channels, int plane, int size, float alpha, float beta, float bias) {}
