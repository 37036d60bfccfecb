package dev.balsa.newcomer;

/// Running sums along the rows of a float32 matrix: ONNX CumSum along the last axis, opset 11-14, neither exclusive nor
/// reversed. The example of a new kernel's request.
///
/// Operands: 0 is the input `[rows, length]`, 1 the output of the same shape, which may be the same memory.
///
/// @param rows number of rows, at least 0
/// @param length elements of a row, at least 1
public record RunningSumRequest(long rows, int length) {}
