package dev.balsa.onnx.proto;

import dev.balsa.onnx.proto.TensorProto.TypedData;
import dev.balsa.onnx.proto.TensorShapeProto.Dimension;
import dev.balsa.onnx.wire.PackedScalars;
import dev.balsa.onnx.wire.UnknownFields;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A small model that has every message and every kind of attribute, tensor data and type.
final class SampleModel {
    private SampleModel() {}

    static ModelProto model() {
        return new ModelProto(
                10,
                "sample",
                "1",
                "dev.balsa",
                -3,
                "documentation",
                graph(),
                List.of(new OperatorSetIdProto("", 21), new OperatorSetIdProto("ai.onnx.ml", 3)),
                List.of(new StringStringEntryProto("key", "value")),
                List.of(function()),
                UnknownFields.NONE);
    }

    static byte[] bytes(ModelProto model) {
        var out = new ByteArrayOutputStream();
        try {
            OnnxWriter.write(model, Channels.newChannel(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static MemorySegment segment(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    }

    private static GraphProto graph() {
        return new GraphProto(
                List.of(new NodeProto("Everything", "node", List.of("x", "", "w"), List.of("y"), attributes())),
                "main",
                tensors(),
                "graph documentation",
                List.of(value("x", new TypeProto.Tensor(1, shape()))),
                List.of(value("y", new TypeProto.Tensor(1, Optional.empty(), UnknownFields.NONE))),
                types(),
                List.of(sparse()),
                List.of(new StringStringEntryProto("a", "b")),
                UnknownFields.NONE);
    }

    private static GraphProto inner() {
        return new GraphProto(
                List.of(new NodeProto("Identity", "", List.of("x"), List.of("z"), List.of())),
                "inner",
                List.of(),
                "",
                List.of(),
                List.of(new ValueInfoProto("z", Optional.empty(), "doc", List.of(), UnknownFields.NONE)),
                List.of(),
                List.of(),
                List.of(),
                UnknownFields.NONE);
    }

    private static List<AttributeProto> attributes() {
        var tensor = tensors().getFirst();
        var type = new TypeProto(new TypeProto.Tensor(7, shape()));
        var values = List.of(
                new AttributeValue.OfFloat(1.5f),
                new AttributeValue.OfInt(-7),
                new AttributeValue.OfString(segment("text")),
                new AttributeValue.OfTensor(tensor),
                new AttributeValue.OfGraph(inner()),
                new AttributeValue.OfSparseTensor(sparse()),
                new AttributeValue.OfType(type),
                new AttributeValue.OfFloats(List.of(0f, 2f)),
                new AttributeValue.OfInts(List.of(0L, Long.MIN_VALUE)),
                new AttributeValue.OfStrings(List.of(segment(""), segment("s"))),
                new AttributeValue.OfTensors(List.of(tensor, tensor)),
                new AttributeValue.OfGraphs(List.of(inner(), inner())),
                new AttributeValue.OfSparseTensors(List.of(sparse())),
                new AttributeValue.OfTypes(List.of(type, type)),
                new AttributeValue.Reference("other", AttributeKind.INTS),
                new AttributeValue.Undefined());
        var attributes = new ArrayList<AttributeProto>();
        for (var value : values) {
            attributes.add(new AttributeProto("a" + attributes.size(), value));
        }
        return attributes;
    }

    static List<TensorProto> tensors() {
        return List.of(
                new TensorProto("raw", 1, List.of(2L), segment("12345678")),
                typed("floats", 1, List.of(1L), floats("1234")),
                typed("ints", 3, List.of(3L), int32s("\u0001\u0002\u0003")),
                new TensorProto("far", 1, List.of(2L), segment("")).withExternalData("far.bin", 0, 8),
                new TensorProto("empty", 1, List.of(0L, 3L), segment("")));
    }

    private static TensorProto typed(String name, int type, List<Long> dims, TypedData data) {
        return new TensorProto(
                dims, type, name, "", segment(""), data, List.of(), false, List.of(), UnknownFields.NONE);
    }

    private static TypedData floats(String bytes) {
        var none = PackedScalars.NONE;
        return new TypedData(new PackedScalars(segment(bytes)), none, List.of(), none, none, none);
    }

    private static TypedData int32s(String bytes) {
        var none = PackedScalars.NONE;
        return new TypedData(none, new PackedScalars(segment(bytes)), List.of(), none, none, none);
    }

    private static SparseTensorProto sparse() {
        return new SparseTensorProto(
                new TensorProto("s", 1, List.of(1L), segment("1234")),
                new TensorProto("", 7, List.of(1L), segment("12345678")),
                List.of(5L),
                UnknownFields.NONE);
    }

    private static TensorShapeProto shape() {
        return new TensorShapeProto(List.of(
                new Dimension(new TensorShapeProto.Value(0)),
                new Dimension(new TensorShapeProto.Param("n"), "DATA_BATCH", UnknownFields.NONE),
                new Dimension(new TensorShapeProto.Unknown())));
    }

    private static ValueInfoProto value(String name, TypeProto.Value type) {
        return new ValueInfoProto(name, new TypeProto(type, "IMAGE", UnknownFields.NONE));
    }

    private static List<ValueInfoProto> types() {
        var none = UnknownFields.NONE;
        var element = new TypeProto(new TypeProto.Tensor(1, shape()));
        return List.of(
                value("sequence", new TypeProto.Sequence(element, none)),
                value("optional", new TypeProto.OptionalType(element, none)),
                value("map", new TypeProto.MapType(8, element, none)),
                value("sparse", new TypeProto.SparseTensor(1, Optional.of(shape()), none)),
                value("nothing", new TypeProto.Undefined()));
    }

    private static FunctionProto function() {
        return new FunctionProto(
                "f",
                List.of("a"),
                List.of("b"),
                List.of("alpha"),
                List.of(new NodeProto("Relu", "", List.of("a"), List.of("b"), List.of())),
                "doc",
                List.of(new OperatorSetIdProto("", 21)),
                "dev.balsa",
                List.of(new AttributeProto("beta", new AttributeValue.OfInt(0))),
                List.of(),
                "over",
                List.of(),
                UnknownFields.NONE);
    }
}
