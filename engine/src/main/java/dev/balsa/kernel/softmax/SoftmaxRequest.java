package dev.balsa.kernel.softmax;

/// Softmax along one axis: ONNX Softmax and LogSoftmax, opset 1-13.
///
/// Operands: 0 is the input, seen as `[outer, size, inner]`; 1 is the output of the same shape, which may be the same
/// memory. Probabilities below the normal range of floats may come out as 0.
///
/// @param logarithm whether the logarithm of the softmax is asked for
/// @param outer dimensions before the axis, as one
/// @param size size of the axis (before opset 13: all dimensions from the axis on)
/// @param inner dimensions after the axis, as one
public record SoftmaxRequest(boolean logarithm, long outer, int size, long inner) {}
