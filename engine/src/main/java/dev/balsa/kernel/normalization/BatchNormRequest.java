package dev.balsa.kernel.normalization;

/// Normalisation of each channel by given statistics: ONNX BatchNormalization in inference, opset 1-15.
///
/// Operands: 0 is X `[batch, channels, plane]`; 1 scale, 2 bias, 3 mean, 4 variance, `channels` floats each; 5 is Y of
/// X's shape, which may be the same memory.
///
/// @param batch images
/// @param channels channels
/// @param plane spatial dimensions, as one
/// @param epsilon added to the variance
public record BatchNormRequest(long batch, int channels, int plane, float epsilon) {}
