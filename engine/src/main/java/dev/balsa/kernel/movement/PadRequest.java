package dev.balsa.kernel.movement;

import java.util.List;

/// A tensor with elements added (or, by negative counts, dropped) at the ends of its dimensions: ONNX Pad, opset 1-25.
///
/// Operands: 0 is the input; with [PadMode#CONSTANT] 1 is the value, one element; the output is last ([#output]). All
/// are contiguous and row-major and share no memory.
///
/// @param elementBytes 1, 2, 4 or 8
/// @param mode what is added
/// @param shape the input's dimensions, outermost first
/// @param begins per dimension, the number of elements added before
/// @param ends per dimension, the number of elements added after
public record PadRequest(int elementBytes, PadMode mode, List<Long> shape, List<Long> begins, List<Long> ends) {
    /// Copies the lists and checks ranks.
    public PadRequest {
        shape = List.copyOf(shape);
        begins = List.copyOf(begins);
        ends = List.copyOf(ends);
        if (begins.size() != shape.size() || ends.size() != shape.size()) {
            throw new IllegalArgumentException(
                    "padding: expected " + shape.size() + " counts before and after, found " + begins + " and " + ends);
        }
    }

    /// The index of the output among the operands.
    public int output() {
        return mode == PadMode.CONSTANT ? 2 : 1;
    }
}
