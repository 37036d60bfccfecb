package dev.balsa.onnx;

import dev.balsa.error.ModelFormatException;
import dev.balsa.onnx.proto.AttributeValue;
import dev.balsa.tensor.Tensor;
import java.util.Optional;

/// The tensor of a Constant node (ONNX Constant, opset 1 to 25), which is a constant of the graph and no operator.
final class ConstantNode {
    private ConstantNode() {}

    static Tensor tensor(Attributes attributes, TensorImport tensors) {
        return attributes
                .get("value", "a tensor", value -> dense(value, tensors))
                .or(() -> attributes.get("sparse_value", "a sparse tensor", value -> sparse(value, tensors)))
                .or(() -> numbers(attributes))
                .or(() -> attributes.string("value_string").map(text -> Tensor.of(new String[] {text})))
                .or(() -> list(attributes))
                .orElseThrow(
                        () -> new ModelFormatException("Constant has no value; expected one of the attributes value, "
                                + "sparse_value, value_int(s), value_float(s), value_string(s)"));
    }

    private static Optional<Tensor> dense(AttributeValue value, TensorImport tensors) {
        return value instanceof AttributeValue.OfTensor(var proto)
                ? Optional.of(tensors.read(proto))
                : Optional.empty();
    }

    private static Optional<Tensor> sparse(AttributeValue value, TensorImport tensors) {
        return value instanceof AttributeValue.OfSparseTensor(var proto)
                ? Optional.of(tensors.read(proto))
                : Optional.empty();
    }

    private static Optional<Tensor> numbers(Attributes attributes) {
        return attributes
                .integer("value_int")
                .map(value -> Tensor.of(new long[] {value}))
                .or(() -> attributes.real("value_float").map(value -> Tensor.of(new float[] {value})));
    }

    private static Optional<Tensor> list(Attributes attributes) {
        if (attributes.has("value_ints")) {
            var list = attributes.integers("value_ints").stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            return Optional.of(Tensor.of(list, list.length));
        }
        if (attributes.has("value_floats")) {
            var list = attributes.reals("value_floats");
            var array = new float[list.size()];
            for (int i = 0; i < array.length; i++) {
                array[i] = list.get(i);
            }
            return Optional.of(Tensor.of(array, array.length));
        }
        if (attributes.has("value_strings")) {
            var list = attributes.strings("value_strings").toArray(String[]::new);
            return Optional.of(Tensor.of(list, list.length));
        }
        return Optional.empty();
    }
}
