package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// A graph (onnx.proto, GraphProto): of the model, or of an attribute such as the body of a Loop.
///
/// @param nodes operators in topological order
/// @param name the graph's name
/// @param initializers constant tensors, named
/// @param docString documentation
/// @param inputs the graph's inputs; before IR version 4 they include the initialisers
/// @param outputs the graph's outputs
/// @param valueInfos types of values in between, where the file gives them
/// @param sparseInitializers constant sparse tensors, named by their values
/// @param metadataProps named metadata
/// @param unknown see [UnknownFields]; holds the quantisation annotations
public record GraphProto(
        List<NodeProto> nodes,
        String name,
        List<TensorProto> initializers,
        String docString,
        List<ValueInfoProto> inputs,
        List<ValueInfoProto> outputs,
        List<ValueInfoProto> valueInfos,
        List<SparseTensorProto> sparseInitializers,
        List<StringStringEntryProto> metadataProps,
        UnknownFields unknown) {
    public GraphProto {
        nodes = List.copyOf(nodes);
        initializers = List.copyOf(initializers);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        valueInfos = List.copyOf(valueInfos);
        sparseInitializers = List.copyOf(sparseInitializers);
        metadataProps = List.copyOf(metadataProps);
    }

    /// This graph with other initialisers.
    public GraphProto withInitializers(List<TensorProto> other) {
        return new GraphProto(
                nodes, name, other, docString, inputs, outputs, valueInfos, sparseInitializers, metadataProps, unknown);
    }

    static GraphProto read(WireReader in) {
        var nodes = new ArrayList<NodeProto>();
        var name = "";
        var initializers = new ArrayList<TensorProto>();
        var docString = "";
        var inputs = new ArrayList<ValueInfoProto>();
        var outputs = new ArrayList<ValueInfoProto>();
        var valueInfos = new ArrayList<ValueInfoProto>();
        var sparse = new ArrayList<SparseTensorProto>();
        var metadata = new ArrayList<StringStringEntryProto>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> in.messages("node", nodes, NodeProto::read);
                case 2 -> name = in.string("name");
                case 5 -> in.messages("initializer", initializers, TensorProto::read);
                case 10 -> docString = in.string("doc_string");
                case 11 -> in.messages("input", inputs, ValueInfoProto::read);
                case 12 -> in.messages("output", outputs, ValueInfoProto::read);
                case 13 -> in.messages("value_info", valueInfos, ValueInfoProto::read);
                case 15 -> in.messages("sparse_initializer", sparse, SparseTensorProto::read);
                case 16 -> in.messages("metadata_props", metadata, StringStringEntryProto::read);
                default -> in.keep();
            }
        }
        return new GraphProto(
                nodes, name, initializers, docString, inputs, outputs, valueInfos, sparse, metadata, in.unknown());
    }

    WireWriter encode(TensorContents contents) {
        var out = new WireWriter(unknown);
        nodes.forEach(node -> out.message(1, node.encode()));
        out.string(2, name);
        initializers.forEach(tensor -> out.message(5, tensor.encode(contents)));
        out.string(10, docString);
        inputs.forEach(input -> out.message(11, input.encode()));
        outputs.forEach(output -> out.message(12, output.encode()));
        valueInfos.forEach(value -> out.message(13, value.encode()));
        sparseInitializers.forEach(tensor -> out.message(15, tensor.encode()));
        return StringStringEntryProto.encode(out, 16, metadataProps);
    }
}
