package dev.balsa.onnx;

import dev.balsa.ir.Interpreter;
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
import dev.balsa.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// A model of one node, written to a file, read back and run plainly: the way of an operator of any opset.
public final class NodeModel {
    private final String operator;
    private final int opset;
    private final List<AttributeProto> attributes = new ArrayList<>();
    private boolean ranked = true;

    private NodeModel(String operator, int opset) {
        this.operator = operator;
        this.opset = opset;
    }

    /// A node of the default domain.
    public static NodeModel of(String operator, int opset) {
        return new NodeModel(operator, opset);
    }

    /// Adds an integer attribute.
    public NodeModel with(String name, long value) {
        return with(name, new AttributeValue.OfInt(value));
    }

    /// Adds a float attribute.
    public NodeModel with(String name, float value) {
        return with(name, new AttributeValue.OfFloat(value));
    }

    /// Adds a string attribute.
    public NodeModel with(String name, String value) {
        return with(name, new AttributeValue.OfString(MemorySegment.ofArray(value.getBytes(StandardCharsets.UTF_8))));
    }

    /// Adds an attribute of several integers.
    public NodeModel with(String name, List<Long> values) {
        return with(name, new AttributeValue.OfInts(values));
    }

    /// Adds an attribute of several integers.
    public NodeModel withIntegers(String name, long... values) {
        return with(
                name, new AttributeValue.OfInts(LongStream.of(values).boxed().toList()));
    }

    /// Adds an attribute of several floats.
    public NodeModel withFloats(String name, List<Float> values) {
        return with(name, new AttributeValue.OfFloats(values));
    }

    /// Adds an attribute of several strings.
    public NodeModel withStrings(String name, String... values) {
        return with(
                name,
                new AttributeValue.OfStrings(Stream.of(values)
                        .map(value -> MemorySegment.ofArray(value.getBytes(StandardCharsets.UTF_8)))
                        .toList()));
    }

    /// Adds an attribute of any kind.
    public NodeModel with(String name, AttributeValue value) {
        attributes.add(new AttributeProto(name, value));
        return this;
    }

    /// Leaves the ranks of the inputs open, so that only the run can check them.
    public NodeModel unranked() {
        ranked = false;
        return this;
    }

    /// The first output for these inputs.
    public Tensor run(Tensor... inputs) {
        return run(1, inputs).getFirst();
    }

    /// The outputs for these inputs.
    public List<Tensor> run(int outputs, Tensor... inputs) {
        try (var arena = Arena.ofShared()) {
            var file = Files.createTempFile("node", ".onnx");
            try {
                OnnxWriter.write(model(outputs, inputs), file);
                // Passed-on constants lie in the mapped file.
                return Interpreter.run(ModelImport.read(file, arena).graph(), List.of(inputs)).stream()
                        .map(NodeModel::copy)
                        .toList();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes the model to a file, for inputs of these types.
    public void write(Path file, int outputs, Tensor... inputs) throws IOException {
        OnnxWriter.write(model(outputs, inputs), file);
    }

    private static Tensor copy(Tensor tensor) {
        var copy = Tensor.allocate(tensor.type(), tensor.shape());
        copy.copyFrom(tensor);
        return copy;
    }

    private ModelProto model(int outputs, Tensor... inputs) {
        var ins = IntStream.range(0, inputs.length).mapToObj(i -> "x" + i).toList();
        var outs = IntStream.range(0, outputs).mapToObj(i -> "y" + i).toList();
        var graph = new GraphProto(
                List.of(new NodeProto(operator, "node", ins, outs, attributes)),
                "main",
                List.of(),
                "",
                IntStream.range(0, inputs.length)
                        .mapToObj(i -> new ValueInfoProto(
                                ins.get(i),
                                Optional.of(new TypeProto(type(inputs[i]))),
                                "",
                                List.of(),
                                UnknownFields.NONE))
                        .toList(),
                outs.stream()
                        .map(name -> new ValueInfoProto(name, Optional.empty(), "", List.of(), UnknownFields.NONE))
                        .toList(),
                List.of(),
                List.of(),
                List.of(),
                UnknownFields.NONE);
        var imports = List.of(new OperatorSetIdProto("", opset));
        return new ModelProto(8, "", "", "", 0, "", graph, imports, List.of(), List.of(), UnknownFields.NONE);
    }

    private TypeProto.Tensor type(Tensor input) {
        var dims = input.shape().toList().stream()
                .map(dim -> new TensorShapeProto.Dimension(new TensorShapeProto.Value(dim), "", UnknownFields.NONE))
                .toList();
        return new TypeProto.Tensor(
                ElementTypes.number(input.type()),
                ranked ? Optional.of(new TensorShapeProto(dims, UnknownFields.NONE)) : Optional.empty(),
                UnknownFields.NONE);
    }
}
