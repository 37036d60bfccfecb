package dev.balsa;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;

/// A constant of a model.
///
/// @param name its name in the model
/// @param node the first node that computes with it (not counting nodes that only convert or rearrange it); empty if
///     there is none
/// @param operator that node's operator; empty if there is none
/// @param zeros how many elements stand for zero; for quantised weights with one zero point, those equal to it
public record WeightInfo(String name, String node, String operator, DataType type, Shape shape, long zeros) {
    /// The bytes of its elements; 0 for strings.
    public long bytes() {
        return type.bytes(shape.size());
    }

    /// The share of zeros among its elements, 0 to 1.
    public double sparsity() {
        return shape.size() == 0 ? 0 : (double) zeros / shape.size();
    }
}
