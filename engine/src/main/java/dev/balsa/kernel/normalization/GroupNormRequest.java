package dev.balsa.kernel.normalization;

/// Normalisation of groups of channels of float images: ONNX GroupNormalization opset 18-21, and InstanceNormalization
/// opset 1-22 where every group is one channel.
///
/// Operands: 0 is X `[batch, groups, channels, plane]`; 1 is the scale and 2 the bias, `groups * channels` floats each
/// (or `groups` floats with `perGroup`); 3 is Y of X's shape, which may be the same memory.
///
/// @param batch images
/// @param groups groups of channels that are normalised together
/// @param channels channels per group
/// @param plane spatial dimensions, as one
/// @param epsilon added to the variance
/// @param perGroup whether scale and bias have an element per group and not per channel (GroupNormalization before
///     opset 21)
public record GroupNormRequest(int batch, int groups, int channels, int plane, float epsilon, boolean perGroup) {}
