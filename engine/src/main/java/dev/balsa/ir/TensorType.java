package dev.balsa.ir;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;

/// What is known of a value before a run: its element type and its shape.
public record TensorType(DataType dtype, SymbolicShape shape) {
    /// A type with a concrete shape.
    public static TensorType of(DataType dtype, Shape shape) {
        return new TensorType(dtype, SymbolicShape.of(shape));
    }

    /// A type with known dimensions.
    public static TensorType of(DataType dtype, long... dims) {
        return of(dtype, Shape.of(dims));
    }

    /// The type of a tensor.
    public static TensorType of(Tensor tensor) {
        return of(tensor.type(), tensor.shape());
    }

    /// The same element type with another shape.
    public TensorType withShape(SymbolicShape other) {
        return new TensorType(dtype, other);
    }

    /// The same shape with another element type.
    public TensorType withType(DataType other) {
        return new TensorType(other, shape);
    }

    /// The form `f32[1,3,batch]`.
    @Override
    public String toString() {
        return dtype.code() + shape;
    }
}
