package dev.balsa.kernel.elementwise;

import dev.balsa.tensor.DataType;

/// Integers to floats: `(x - zeroPoint) * scale`: ONNX DequantizeLinear, opset 10-23.
///
/// Operands: 0 is X, seen as `[outer, channels, inner]`; 1 is the scale, `channels` floats; with `zeroPoint` the zero
/// point comes next, `channels` elements of X's type; Y is last ([#output]). Per tensor means one channel.
///
/// @param type uint8, int8 or int32
/// @param zeroPoint whether there is a zero point operand; without it zero points are 0
/// @param outer dimensions before the axis, as one
/// @param channels size of the axis
/// @param inner dimensions after the axis, as one
public record DequantizeRequest(DataType type, boolean zeroPoint, long outer, long channels, long inner) {
    /// The index of the output among the operands.
    public int output() {
        return zeroPoint ? 3 : 2;
    }
}
