package dev.balsa.onnx.rehearsal;

import dev.balsa.onnx.proto.AttributeProto;
import dev.balsa.onnx.proto.AttributeValue;
import dev.balsa.onnx.proto.GraphProto;
import dev.balsa.onnx.proto.NodeProto;
import dev.balsa.onnx.proto.TensorProto;
import dev.balsa.onnx.wire.UnknownFields;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// A node in the making: attributes first, then [#one] or [#several].
final class Operation {
    private final Network network;
    private final String operator;
    private final List<String> inputs;
    private final List<AttributeProto> attributes = new ArrayList<>();
    private String domain = "";

    Operation(Network network, String operator, String... inputs) {
        this.network = network;
        this.operator = operator;
        this.inputs = List.of(inputs);
    }

    Operation domain(String name) {
        domain = name;
        return this;
    }

    Operation with(String name, long value) {
        return with(name, new AttributeValue.OfInt(value));
    }

    Operation with(String name, float value) {
        return with(name, new AttributeValue.OfFloat(value));
    }

    Operation with(String name, String value) {
        return with(name, new AttributeValue.OfString(text(value)));
    }

    Operation with(String name, GraphProto value) {
        return with(name, new AttributeValue.OfGraph(value));
    }

    Operation with(String name, TensorProto value) {
        return with(name, new AttributeValue.OfTensor(value));
    }

    Operation ints(String name, long... values) {
        return with(
                name, new AttributeValue.OfInts(LongStream.of(values).boxed().toList()));
    }

    Operation floats(String name, Float... values) {
        return with(name, new AttributeValue.OfFloats(List.of(values)));
    }

    Operation texts(String name, String... values) {
        return with(
                name,
                new AttributeValue.OfStrings(
                        Arrays.stream(values).map(Operation::text).toList()));
    }

    private Operation with(String name, AttributeValue value) {
        attributes.add(new AttributeProto(name, value));
        return this;
    }

    private static MemorySegment text(String value) {
        return MemorySegment.ofArray(value.getBytes(StandardCharsets.UTF_8));
    }

    /// Adds the node.
    ///
    /// @return its only output
    String one() {
        return several(1).getFirst();
    }

    /// Adds the node.
    ///
    /// @return its outputs
    List<String> several(int count) {
        var outputs =
                IntStream.range(0, count).mapToObj(_ -> network.fresh(operator)).toList();
        return to(outputs);
    }

    /// Adds the node with outputs of these names; empty ones are left out.
    List<String> to(List<String> outputs) {
        network.add(new NodeProto(
                inputs,
                outputs,
                operator + "_" + outputs.getLast(),
                operator,
                attributes,
                "",
                domain,
                "",
                List.of(),
                UnknownFields.NONE));
        return outputs;
    }
}
