package dev.balsa.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.balsa.onnx.SharedFiles;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the records say of real models, against the same fields taken out by protobuf-java.
class ModelOracleTest {
    static List<Path> models() {
        return SharedFiles.below("real-models", ".onnx");
    }

    @ParameterizedTest
    @MethodSource("models")
    void agreesWithProtobufFieldByField(Path path) throws IOException {
        var oracle = parse(ByteString.copyFrom(Files.readAllBytes(path)));
        try (var arena = Arena.ofConfined()) {
            var model = OnnxFile.open(path, arena).model();
            assertThat(model.irVersion()).isEqualTo(number(oracle, 1));
            assertThat(model.producerName()).isEqualTo(text(oracle, 2));
            assertThat(model.opsetImports())
                    .extracting(OperatorSetIdProto::version)
                    .isEqualTo(
                            messages(oracle, 8).stream().map(o -> number(o, 2)).toList());
            compareGraph(model.graph(), messages(oracle, 7).getFirst());
        }
    }

    private static void compareGraph(GraphProto graph, UnknownFieldSet oracle) {
        assertThat(graph.name()).isEqualTo(text(oracle, 2));
        var nodes = messages(oracle, 1);
        assertThat(graph.nodes()).hasSameSizeAs(nodes);
        for (int i = 0; i < nodes.size(); i++) {
            compareNode(graph.nodes().get(i), nodes.get(i));
        }
        var tensors = messages(oracle, 5);
        assertThat(graph.initializers()).hasSameSizeAs(tensors);
        for (int i = 0; i < tensors.size(); i++) {
            compareTensor(graph.initializers().get(i), tensors.get(i));
        }
        compareValues(graph.inputs(), messages(oracle, 11));
        compareValues(graph.outputs(), messages(oracle, 12));
        compareValues(graph.valueInfos(), messages(oracle, 13));
    }

    private static void compareNode(NodeProto node, UnknownFieldSet oracle) {
        assertThat(node.inputs()).isEqualTo(texts(oracle, 1));
        assertThat(node.outputs()).isEqualTo(texts(oracle, 2));
        assertThat(node.name()).isEqualTo(text(oracle, 3));
        assertThat(node.opType()).isEqualTo(text(oracle, 4));
        assertThat(node.domain()).isEqualTo(text(oracle, 7));
        var attributes = messages(oracle, 5);
        assertThat(node.attributes()).hasSameSizeAs(attributes);
        for (int i = 0; i < attributes.size(); i++) {
            compareAttribute(node.attributes().get(i), attributes.get(i));
        }
    }

    private static void compareAttribute(AttributeProto attribute, UnknownFieldSet oracle) {
        assertThat(attribute.name()).isEqualTo(text(oracle, 1));
        assertThat((long) attribute.value().kind().number()).isEqualTo(number(oracle, 20));
        switch (attribute.value()) {
            case AttributeValue.OfFloat(var v) ->
                assertThat(Float.floatToRawIntBits(v))
                        .isEqualTo(oracle.getField(2).getFixed32List().getLast());
            case AttributeValue.OfInt(var v) -> assertThat(v).isEqualTo(number(oracle, 3));
            case AttributeValue.OfString s -> assertThat(s.text()).isEqualTo(text(oracle, 4));
            case AttributeValue.OfInts(var v) -> assertThat(v).isEqualTo(varints(oracle, 8));
            case AttributeValue.OfFloats(var v) ->
                assertThat(v)
                        .extracting(Float::floatToRawIntBits)
                        .isEqualTo(oracle.getField(7).getFixed32List());
            case AttributeValue.OfStrings v -> assertThat(v.texts()).isEqualTo(texts(oracle, 9));
            case AttributeValue.OfTensor(var t) ->
                compareTensor(t, messages(oracle, 5).getFirst());
            case AttributeValue.OfGraph(var g) ->
                compareGraph(g, messages(oracle, 6).getFirst());
            default -> throw new AssertionError("no real model has had " + attribute + "; compare it here");
        }
    }

    private static void compareTensor(TensorProto tensor, UnknownFieldSet oracle) {
        assertThat(tensor.name()).isEqualTo(text(oracle, 8));
        assertThat(tensor.dims()).isEqualTo(varints(oracle, 1));
        assertThat((long) tensor.dataType()).isEqualTo(number(oracle, 2));
        compareBytes(tensor.rawData(), bytes(oracle, 9));
        compareBytes(tensor.typed().floats().bytes(), bytes(oracle, 4));
        compareBytes(tensor.typed().int32s().bytes(), bytes(oracle, 5));
        compareBytes(tensor.typed().int64s().bytes(), bytes(oracle, 7));
        compareBytes(tensor.typed().doubles().bytes(), bytes(oracle, 10));
    }

    private static void compareValues(List<ValueInfoProto> values, List<UnknownFieldSet> oracles) {
        assertThat(values)
                .extracting(ValueInfoProto::name)
                .isEqualTo(oracles.stream().map(o -> text(o, 1)).toList());
        for (int i = 0; i < oracles.size(); i++) {
            if (values.get(i).type().isPresent()
                    && values.get(i).type().get().value() instanceof TypeProto.Tensor tensor) {
                var type = messages(messages(oracles.get(i), 2).getFirst(), 1).getFirst();
                assertThat((long) tensor.elementType()).isEqualTo(number(type, 1));
                assertThat(tensor.shape().map(s -> s.dims().size()).orElse(-1))
                        .isEqualTo(
                                type.hasField(2)
                                        ? messages(messages(type, 2).getFirst(), 1)
                                                .size()
                                        : -1);
            }
        }
    }

    private static void compareBytes(MemorySegment found, ByteString expected) {
        assertThat(found.byteSize()).isEqualTo(expected.size());
        assertThat(found.mismatch(MemorySegment.ofArray(expected.toByteArray())))
                .isEqualTo(-1);
    }

    private static UnknownFieldSet parse(ByteString bytes) {
        try {
            return UnknownFieldSet.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("the oracle cannot read this", e);
        }
    }

    private static long number(UnknownFieldSet message, int field) {
        var all = message.getField(field).getVarintList();
        return all.isEmpty() ? 0 : all.getLast();
    }

    private static ByteString bytes(UnknownFieldSet message, int field) {
        var all = message.getField(field).getLengthDelimitedList();
        return all.isEmpty() ? ByteString.EMPTY : all.getLast();
    }

    private static String text(UnknownFieldSet message, int field) {
        return bytes(message, field).toStringUtf8();
    }

    private static List<String> texts(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().stream()
                .map(ByteString::toStringUtf8)
                .toList();
    }

    private static List<UnknownFieldSet> messages(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().stream()
                .map(ModelOracleTest::parse)
                .toList();
    }

    /// Integers written one by one or packed.
    private static List<Long> varints(UnknownFieldSet message, int field) {
        var values = new java.util.ArrayList<>(message.getField(field).getVarintList());
        for (var run : message.getField(field).getLengthDelimitedList()) {
            var in = CodedInputStream.newInstance(run.toByteArray());
            try {
                while (!in.isAtEnd()) {
                    values.add(in.readInt64());
                }
            } catch (IOException e) {
                throw new AssertionError("the oracle cannot read this", e);
            }
        }
        return values;
    }
}
