package dev.balsa.kernel.reduce;

import java.util.List;

/// A reduction of a float tensor over a set of axes: ONNX ReduceSum, ReduceMean and their like, opset 1-20, and
/// GlobalAveragePool and GlobalMaxPool.
///
/// Operands: 0 is the input, contiguous and row-major; 1 is the output, the same without the reduced axes (or with 1 in
/// their place, which is the same memory). They share no memory. An output is always computed in the same order,
/// whatever the split; sums are taken in blocks, so that the error grows slowly. Over no elements a sum is 0, a product
/// 1, a maximum negative infinity, a minimum infinity, a mean NaN.
///
/// @param function what is made of the reduced elements
/// @param shape the input's dimensions, outermost first
/// @param axes the reduced dimensions, from 0, in any order, each once
public record ReduceRequest(ReduceFunction function, List<Long> shape, List<Integer> axes) {
    /// Copies the lists and checks the axes.
    public ReduceRequest {
        shape = List.copyOf(shape);
        axes = List.copyOf(axes);
        var rank = shape.size();
        if (axes.stream().distinct().count() != axes.size()
                || axes.stream().anyMatch(axis -> axis < 0 || axis >= rank)) {
            throw new IllegalArgumentException("reduction: expected distinct axes below " + rank + ", found " + axes);
        }
    }
}
