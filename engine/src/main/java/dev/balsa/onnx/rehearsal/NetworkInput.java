package dev.balsa.onnx.rehearsal;

import dev.balsa.onnx.ElementTypes;
import dev.balsa.onnx.proto.TensorShapeProto;
import dev.balsa.onnx.proto.TypeProto;
import dev.balsa.onnx.proto.ValueInfoProto;
import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.util.List;
import java.util.Random;

/// An input of a network.
///
/// @param name of the value
/// @param type of its elements
/// @param dims its dimensions: `3`, or `batch=1` for one that the file calls `batch` and that is 1 when it is run
/// @param bound integers are less than that, and not negative
public record NetworkInput(String name, DataType type, List<String> dims, int bound) {
    public NetworkInput {
        dims = List.copyOf(dims);
    }

    /// The shape that it has when the network is run.
    public Shape shape() {
        return Shape.of(dims.stream()
                .map(dim -> Long.valueOf(dim.substring(dim.indexOf('=') + 1)))
                .toList());
    }

    /// Random elements, the same with every call, in memory that the garbage collector frees.
    public Tensor tensor() {
        var random = new Random(name.hashCode());
        var tensor = Tensor.allocate(type, shape());
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, type.isFloat() ? random.nextDouble() - 0.5 : random.nextInt(bound));
        }
        return tensor;
    }

    ValueInfoProto proto() {
        var sizes = dims.stream().map(NetworkInput::dimension).toList();
        return new ValueInfoProto(
                name, new TypeProto(new TypeProto.Tensor(ElementTypes.number(type), new TensorShapeProto(sizes))));
    }

    private static TensorShapeProto.Dimension dimension(String dim) {
        int end = dim.indexOf('=');
        return new TensorShapeProto.Dimension(
                end < 0
                        ? new TensorShapeProto.Value(Long.parseLong(dim))
                        : new TensorShapeProto.Param(dim.substring(0, end)),
                "",
                UnknownFields.NONE);
    }
}
