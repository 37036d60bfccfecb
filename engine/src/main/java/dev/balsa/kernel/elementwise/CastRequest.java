package dev.balsa.kernel.elementwise;

import dev.balsa.tensor.DataType;

/// Conversion between float32 and float64, int64, int32, uint8, int8 or bool, in either direction: ONNX Cast, opset
/// 6-24.
///
/// Operands: 0 is the input, 1 is the output; they share no memory. Floats become integers by dropping the fraction,
/// out of range by Java's narrowing rules; they become bool by comparison with 0.
///
/// @param from the input's type
/// @param to the output's type
/// @param count the number of elements
public record CastRequest(DataType from, DataType to, long count) {}
