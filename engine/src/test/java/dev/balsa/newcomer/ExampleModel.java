package dev.balsa.newcomer;

import dev.balsa.onnx.ElementTypes;
import dev.balsa.onnx.proto.AttributeProto;
import dev.balsa.onnx.proto.AttributeValue;
import dev.balsa.onnx.proto.GraphProto;
import dev.balsa.onnx.proto.ModelProto;
import dev.balsa.onnx.proto.NodeProto;
import dev.balsa.onnx.proto.OnnxWriter;
import dev.balsa.onnx.proto.OperatorSetIdProto;
import dev.balsa.onnx.proto.TensorShapeProto;
import dev.balsa.onnx.proto.TypeProto;
import dev.balsa.onnx.proto.ValueInfoProto;
import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.tensor.DataType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A model file from a float32 matrix `x` to `y`, node by node.
final class ExampleModel {
    private final List<NodeProto> nodes = new ArrayList<>();

    /// Adds a node of the default domain.
    ExampleModel node(String operator, List<String> inputs, String output) {
        return node("", operator, inputs, output, List.of());
    }

    /// Adds a node of another domain.
    ExampleModel node(String domain, String operator, List<String> inputs, String output, List<AttributeProto> has) {
        nodes.add(new NodeProto(
                inputs, List.of(output), output, operator, has, "", domain, "", List.of(), UnknownFields.NONE));
        return this;
    }

    /// Adds a constant of rank 0.
    ExampleModel constant(String name, float value) {
        return constant(name, "value_float", new AttributeValue.OfFloat(value));
    }

    /// Adds a constant of rank 0.
    ExampleModel constant(String name, long value) {
        return constant(name, "value_int", new AttributeValue.OfInt(value));
    }

    private ExampleModel constant(String name, String attribute, AttributeValue value) {
        return node("", "Constant", List.of(), name, List.of(new AttributeProto(attribute, value)));
    }

    /// Writes the file.
    Path write(Path file) {
        var graph = new GraphProto(
                nodes,
                "example",
                List.of(),
                "",
                List.of(info("x", Optional.of(matrix()))),
                List.of(info("y", Optional.empty())),
                List.of(),
                List.of(),
                List.of(),
                UnknownFields.NONE);
        var opsets = List.of(new OperatorSetIdProto("", 17), new OperatorSetIdProto("org.example", 1));
        OnnxWriter.write(
                new ModelProto(8, "", "", "", 0, "", graph, opsets, List.of(), List.of(), UnknownFields.NONE), file);
        return file;
    }

    private static ValueInfoProto info(String name, Optional<TypeProto> type) {
        return new ValueInfoProto(name, type, "", List.of(), UnknownFields.NONE);
    }

    private static TypeProto matrix() {
        var free = new TensorShapeProto.Dimension(new TensorShapeProto.Param("n"), "", UnknownFields.NONE);
        var other = new TensorShapeProto.Dimension(new TensorShapeProto.Param("m"), "", UnknownFields.NONE);
        return new TypeProto(new TypeProto.Tensor(
                ElementTypes.number(DataType.FLOAT32),
                Optional.of(new TensorShapeProto(List.of(free, other), UnknownFields.NONE)),
                UnknownFields.NONE));
    }
}
