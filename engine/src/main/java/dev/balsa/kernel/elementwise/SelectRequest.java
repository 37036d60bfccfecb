package dev.balsa.kernel.elementwise;

import java.util.List;

/// Elements of one of two operands of any type, as a condition says: ONNX Where, opset 9-16.
///
/// Operands: 0 is the condition (bytes, 0 or not), 1 is taken where it holds, 2 where it does not, 3 is the output,
/// contiguous and row-major. The output shares memory with no other operand.
///
/// @param elementBytes 1, 2, 4 or 8
/// @param shape the result's dimensions, outermost first
/// @param strides for operands 0, 1 and 2, the distance of neighbours in elements per dimension; 0 where broadcast
public record SelectRequest(int elementBytes, List<Long> shape, List<List<Long>> strides) {
    /// Copies the lists and checks ranks.
    public SelectRequest {
        shape = List.copyOf(shape);
        strides = strides.stream().map(List::copyOf).toList();
        var rank = shape.size();
        if (strides.size() != 3 || strides.stream().anyMatch(list -> list.size() != rank)) {
            throw new IllegalArgumentException(
                    "select: expected three lists of " + rank + " strides, found " + strides);
        }
    }
}
