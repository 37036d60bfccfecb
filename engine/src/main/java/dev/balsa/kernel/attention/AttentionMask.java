package dev.balsa.kernel.attention;

/// What is done to scores before their softmax.
///
/// @param kind what the elements of the mask mean
/// @param matrices the masks of all heads, a row per query; neighbouring keys are neighbours, or the two numbers
/// of
///     [MaskKind#WITHIN]
/// @param hidden the score of keys that are hidden by a mask of truth values
public record AttentionMask(MaskKind kind, Matrices matrices, float hidden) {}
