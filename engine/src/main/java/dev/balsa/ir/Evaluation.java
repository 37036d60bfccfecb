package dev.balsa.ir;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// The tensors of one plain evaluation of an operator.
public interface Evaluation {
    /// The number of inputs given, left-out ones in between included.
    int inputs();

    /// The number of outputs of the node, unwanted ones in between included.
    int outputs();

    /// Whether input `index` is given.
    boolean has(int index);

    /// The tensor of input `index`, which is given; it must not be written to.
    Tensor input(int index);

    /// Whether output `index` is wanted; an output that is not wanted may be produced all the same.
    boolean wants(int index);

    /// The tensor to fill for output `index`. Its content is undefined until it is filled. Called once per output.
    Tensor output(int index, DataType type, Shape shape);

    /// Makes a finished tensor output `index`: an input (the operator only passes it on or looks at it in another
    /// shape) or a tensor from [#run].
    void pass(int index, Tensor tensor);

    /// The only, or first, output of an operator that this one is made of.
    Tensor apply(Op op, List<Optional<Tensor>> inputs);

    /// Runs a body graph.
    List<Tensor> run(Graph body, List<Tensor> inputs);
}
