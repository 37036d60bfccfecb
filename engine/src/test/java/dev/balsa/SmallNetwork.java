package dev.balsa;

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
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/// A model file of two convolutions, an activation, a sum, a pool and a product, whose weights are inputs.
///
/// No row is a whole number of vectors on any CPU.
final class SmallNetwork {
    private static final int FLOAT = 1;

    private SmallNetwork() {}

    /// Inputs that fit, by name.
    static Map<String, Tensor> inputs(long seed) {
        var random = new Random(seed);
        var inputs = new LinkedHashMap<String, Tensor>();
        inputs.put("image", floats(random, 1, 3, 15, 15));
        inputs.put("w1", floats(random, 14, 3, 3, 3));
        inputs.put("w2", floats(random, 14, 14, 3, 3));
        inputs.put("fc", floats(random, 14, 11));
        return inputs;
    }

    private static Tensor floats(Random random, long... dims) {
        var tensor = Tensor.allocate(DataType.FLOAT32, Shape.of(dims));
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, random.nextGaussian() / 4);
        }
        return tensor;
    }

    /// Writes the model.
    static void write(Path file) throws IOException {
        var pads = new AttributeProto("pads", new AttributeValue.OfInts(List.of(1L, 1L, 1L, 1L)));
        var nodes = List.of(
                node("Conv", "a", List.of(pads), "image", "w1"),
                node("Relu", "b", List.of(), "a"),
                node("Conv", "c", List.of(pads), "b", "w2"),
                node("Add", "d", List.of(), "c", "b"),
                node("GlobalAveragePool", "e", List.of(), "d"),
                node("Flatten", "f", List.of(), "e"),
                node("MatMul", "g", List.of(), "f", "fc"),
                node("Softmax", "classes", List.of(), "g"));
        var graph = new GraphProto(
                nodes,
                "small",
                List.of(),
                "",
                inputs(0).entrySet().stream().map(SmallNetwork::info).toList(),
                List.of(new ValueInfoProto("classes", Optional.empty(), "", List.of(), UnknownFields.NONE)),
                List.of(),
                List.of(),
                List.of(),
                UnknownFields.NONE);
        var imports = List.of(new OperatorSetIdProto("", 17));
        OnnxWriter.write(
                new ModelProto(8, "", "", "", 0, "", graph, imports, List.of(), List.of(), UnknownFields.NONE), file);
    }

    private static NodeProto node(String operator, String output, List<AttributeProto> attributes, String... inputs) {
        return new NodeProto(operator, operator + "." + output, List.of(inputs), List.of(output), attributes);
    }

    private static ValueInfoProto info(Map.Entry<String, Tensor> input) {
        var shape = input.getValue().shape();
        var dims = IntStream.range(0, shape.rank())
                .mapToObj(i -> new TensorShapeProto.Dimension(
                        new TensorShapeProto.Value(shape.dim(i)), "", UnknownFields.NONE))
                .toList();
        var type = new TypeProto.Tensor(
                FLOAT, Optional.of(new TensorShapeProto(dims, UnknownFields.NONE)), UnknownFields.NONE);
        return new ValueInfoProto(input.getKey(), Optional.of(new TypeProto(type)), "", List.of(), UnknownFields.NONE);
    }
}
