package dev.balsa.kernel.elementwise;

/// Floats to unsigned bytes with a scale and zero point that follow from their range, widened to hold 0: ONNX
/// DynamicQuantizeLinear, opset 11.
///
/// Operands: 0 is X; 1 is Y, uint8; 2 the scale, one float; 3 the zero point, one uint8. Where all of X is 0 the scale
/// is 1.
///
/// @param count the number of elements
public record DynamicQuantizeRequest(long count) {}
