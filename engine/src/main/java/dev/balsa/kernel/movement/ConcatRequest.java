package dev.balsa.kernel.movement;

import java.util.List;

/// Tensors joined along an axis: ONNX Concat, opset 1-13.
///
/// Operands: the inputs, as many as there are runs, then the output, all contiguous and row-major; the output shares
/// memory with no input. For every step of the dimensions before the axis the output holds one run of each input in
/// turn.
///
/// @param outer dimensions before the axis, as one
/// @param runs per input, its dimensions from the axis on times the element size, in bytes
public record ConcatRequest(long outer, List<Long> runs) {
    /// Copies the list.
    public ConcatRequest {
        runs = List.copyOf(runs);
    }
}
