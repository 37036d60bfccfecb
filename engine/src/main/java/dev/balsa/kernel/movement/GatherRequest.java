package dev.balsa.kernel.movement;

import dev.balsa.tensor.DataType;

/// Slices of a tensor picked by indices along an axis: ONNX Gather, opset 1-13.
///
/// Operands: 0 is the data `[outer, size, inner]`, 1 the indices `[indices]`, 2 the output `[outer, indices, inner]`;
/// they share no memory. Negative indices count from the end. An index out of range is a
/// [dev.balsa.error.ShapeException] when running.
///
/// @param outer dimensions before the axis, as one
/// @param size size of the axis
/// @param innerBytes dimensions after the axis, as one, times the element size
/// @param indices the number of indices
/// @param indexType int32 or int64
public record GatherRequest(long outer, long size, long innerBytes, long indices, DataType indexType) {}
