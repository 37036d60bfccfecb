package dev.balsa.kernel.elementwise;

import dev.balsa.tensor.DataType;

/// Floats to 8-bit integers: `saturate(round(x / scale) + zeroPoint)`, ties to even: ONNX QuantizeLinear, opset 10-23.
///
/// Operands: 0 is X, seen as `[outer, channels, inner]`; 1 is the scale, `channels` floats; with `zeroPoint` the zero
/// point comes next, `channels` elements of the output's type; Y is last ([#output]). Per tensor means one channel. NaN
/// becomes the zero point.
///
/// @param type uint8 or int8
/// @param zeroPoint whether there is a zero point operand; without it zero points are 0
/// @param outer dimensions before the axis, as one
/// @param channels size of the axis
/// @param inner dimensions after the axis, as one
public record QuantizeRequest(DataType type, boolean zeroPoint, long outer, long channels, long inner) {
    /// The index of the output among the operands.
    public int output() {
        return zeroPoint ? 3 : 2;
    }
}
