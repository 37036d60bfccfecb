package dev.balsa.kernel.elementwise;

import dev.balsa.tensor.DataType;
import java.util.List;

/// A function applied to elements of any types: comparisons, logic, arithmetic of integers, choice, conversion.
///
/// Operands: the inputs, then the output, contiguous and row-major, of the type `result`. The output shares memory
/// with no input. Bools are bytes, 0 or not; those of the output are 0 or 1.
///
/// @param function the function
/// @param types of the inputs
/// @param result of the output
/// @param shape the result's dimensions, outermost first
/// @param strides per input, the distance of neighbours in elements per dimension; 0 where broadcast
public record TypedRequest(
        TypedFunction function, List<DataType> types, DataType result, List<Long> shape, List<List<Long>> strides) {
    /// Copies the lists and checks how many there are.
    public TypedRequest {
        types = List.copyOf(types);
        shape = List.copyOf(shape);
        strides = strides.stream().map(List::copyOf).toList();
        var rank = shape.size();
        if (types.size() != function.operands()
                || strides.size() != types.size()
                || strides.stream().anyMatch(list -> list.size() != rank)) {
            throw new IllegalArgumentException(function + ": expected " + function.operands() + " operands, each with "
                    + rank + " strides, found " + types + " and " + strides);
        }
    }
}
