package dev.balsa.kernel.elementwise;

import dev.balsa.kernel.Stage;
import java.util.List;

/// A chain of functions of floats over a result shape, each operand broadcast to it: ONNX Add, Mul, Pow, Relu, Gelu and
/// their like, and fused runs of them.
///
/// Operands: as many inputs as there are stride lists, then the output, contiguous and row-major. The chain starts with
/// operand 0. A [Stage.Binary] names another operand by its index; where that operand's elements lie is said by its
/// strides, and the stage's spread is not looked at. The output may share memory with operand 0 if that has the
/// output's layout, and with another operand of that layout if only the first stage reads it.
///
/// @param shape the result's dimensions, outermost first
/// @param strides per input and dimension, the distance of neighbours in elements; 0 where the input is broadcast
/// @param stages what is done, in order; none for a copy
public record ElementwiseRequest(List<Long> shape, List<List<Long>> strides, List<Stage> stages) {
    /// Copies the lists and checks ranks and operand indices.
    public ElementwiseRequest {
        shape = List.copyOf(shape);
        strides = strides.stream().map(List::copyOf).toList();
        stages = List.copyOf(stages);
        var rank = shape.size();
        var count = strides.size();
        if (count < 1 || strides.stream().anyMatch(list -> list.size() != rank)) {
            throw new IllegalArgumentException(
                    "elementwise: expected at least one list of " + rank + " strides, found " + strides);
        }
        if (stages.stream()
                .anyMatch(stage -> stage instanceof Stage.Binary b && (b.operand() < 0 || b.operand() >= count))) {
            throw new IllegalArgumentException(
                    "elementwise: a stage names no input; expected operands below " + count + ", found " + stages);
        }
    }

    /// The index of the output among the operands.
    public int output() {
        return strides.size();
    }
}
