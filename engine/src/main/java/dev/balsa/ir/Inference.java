package dev.balsa.ir;

import dev.balsa.error.ShapeException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What an operator's type and shape rule may ask about the node it is applied in.
public interface Inference {
    /// The number of inputs given, left-out ones in between included.
    int inputs();

    /// The number of outputs of the node, unwanted ones in between included.
    int outputs();

    /// Whether input `index` is given.
    boolean has(int index);

    /// The type of input `index`, which is given.
    TensorType type(int index);

    /// The tensor of input `index`, if it is given and constant.
    Optional<Tensor> constant(int index);

    /// The elements of input `index`, if it is a given integer tensor of rank 0 or 1 whose elements are known, at
    /// least symbolically.
    Optional<List<Dim>> contents(int index);

    /// The output types of a body graph for inputs of the given types.
    List<TensorType> infer(Graph body, List<TensorType> inputs);

    /// The shape of input `index`, which is given.
    default SymbolicShape shape(int index) {
        return type(index).shape();
    }

    /// The element type of input `index`, which is given.
    default DataType dtype(int index) {
        return type(index).dtype();
    }

    /// The elements of input `index` as numbers, if its [#contents] are known and hold no symbols.
    default Optional<List<Long>> numbers(int index) {
        return contents(index)
                .filter(dims -> dims.stream().allMatch(Dim::isKnown))
                .map(dims -> dims.stream().map(Dim::get).toList());
    }

    /// The elements of a constant integer input as longs, if it is given and constant.
    default Optional<List<Long>> longs(int index) {
        return constant(index)
                .map(tensor -> Arrays.stream(tensor.toLongArray()).boxed().toList());
    }

    /// The failure of a rule: names the input, what was expected and what was found.
    default ShapeException mismatch(int index, String what, String expected, Object found) {
        return new ShapeException("input " + index + ": " + what + "; expected " + expected + ", found " + found
                + "; check the model, or the shapes of its inputs");
    }
}
