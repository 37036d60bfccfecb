package dev.balsa.ir;

import dev.balsa.error.BalsaException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A node of a model file that is being read: its attributes and inputs, and the means to bring an older form of an
/// operator to the newest one.
///
/// Attribute accessors throw [dev.balsa.error.ModelFormatException] if the attribute has another kind, and, without a
/// fallback, if it is missing.
public interface NodeReader {
    /// The version of the node's operator set that the model imports.
    int opset();

    /// Whether the attribute is given.
    boolean has(String attribute);

    /// An integer attribute.
    long integer(String attribute);

    /// An integer attribute or its default.
    long integer(String attribute, long fallback);

    /// A float attribute or its default.
    float real(String attribute, float fallback);

    /// A string attribute or its default.
    String string(String attribute, String fallback);

    /// An attribute of several integers; empty if it is not given.
    List<Long> integers(String attribute);

    /// An attribute of several floats; empty if it is not given.
    List<Float> reals(String attribute);

    /// An attribute of several strings; empty if it is not given.
    List<String> strings(String attribute);

    /// A tensor attribute, if given.
    Optional<Tensor> tensor(String attribute);

    /// An element type given by an integer attribute with ONNX's number for it, if the attribute is given.
    ///
    /// @throws dev.balsa.error.UnsupportedException if it is a type that Balsa does not have
    Optional<DataType> dtype(String attribute);

    /// The graphs of the given attributes as closed bodies: what they use from around them is appended to the
    /// inputs of this node and to the inputs of every one of the bodies, in the same order. Called once.
    ///
    /// @param inputTypes the types of the bodies' own inputs, for those to which the file gives none
    List<Graph> bodies(List<TensorType> inputTypes, String... attributes);

    /// The number of inputs, left-out ones in between included.
    int inputs();

    /// The number of outputs.
    int outputs();

    /// Input `index`, [Value#NONE] if it is left out.
    Value input(int index);

    /// The tensor of input `index`, if it is constant.
    Optional<Tensor> constant(int index);

    /// Replaces input `index`, or appends it (after left-out inputs where needed).
    void setInput(int index, Value value);

    /// Drops the inputs from `count` on.
    void truncateInputs(int count);

    /// A new constant, to be used as an input.
    Value constant(Tensor tensor);

    /// The only output of a new node that runs before this one.
    Value insert(Op op, List<Value> inputs);

    /// The outputs of a new node that runs before this one.
    List<Value> insertSeveral(Op op, List<Value> inputs, int outputs);

    /// A failure because the node asks for something that the specification allows and Balsa does not offer; `what`
    /// says what, and what is offered instead.
    BalsaException unsupported(String what);

    /// A failure because the node contradicts the specification.
    BalsaException malformed(String what);
}
