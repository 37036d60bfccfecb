package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// An operator that the model defines by a graph of others (onnx.proto, FunctionProto).
///
/// @param name the operator's name
/// @param inputs names of the parameters
/// @param outputs names of the results
/// @param attributes names of attributes without default
/// @param nodes the body, in topological order
/// @param docString documentation
/// @param opsetImports operator sets that the body uses
/// @param domain the operator's domain
/// @param attributeProtos attributes with their defaults
/// @param valueInfos types of values of the body
/// @param overload distinguishes functions of one name
/// @param metadataProps named metadata
/// @param unknown see [UnknownFields]
public record FunctionProto(
        String name,
        List<String> inputs,
        List<String> outputs,
        List<String> attributes,
        List<NodeProto> nodes,
        String docString,
        List<OperatorSetIdProto> opsetImports,
        String domain,
        List<AttributeProto> attributeProtos,
        List<ValueInfoProto> valueInfos,
        String overload,
        List<StringStringEntryProto> metadataProps,
        UnknownFields unknown) {
    public FunctionProto {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = List.copyOf(attributes);
        nodes = List.copyOf(nodes);
        opsetImports = List.copyOf(opsetImports);
        attributeProtos = List.copyOf(attributeProtos);
        valueInfos = List.copyOf(valueInfos);
        metadataProps = List.copyOf(metadataProps);
    }

    static FunctionProto read(WireReader in) {
        var b = new Fields();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> b.name = in.string("name");
                case 4 -> in.strings("input", b.inputs);
                case 5 -> in.strings("output", b.outputs);
                case 6 -> in.strings("attribute", b.attributes);
                case 7 -> in.messages("node", b.nodes, NodeProto::read);
                case 8 -> b.docString = in.string("doc_string");
                case 9 -> in.messages("opset_import", b.opsets, OperatorSetIdProto::read);
                case 10 -> b.domain = in.string("domain");
                case 11 -> in.messages("attribute_proto", b.attributeProtos, AttributeProto::read);
                case 12 -> in.messages("value_info", b.valueInfos, ValueInfoProto::read);
                case 13 -> b.overload = in.string("overload");
                case 14 -> in.messages("metadata_props", b.metadata, StringStringEntryProto::read);
                default -> in.keep();
            }
        }
        return b.build(in.unknown());
    }

    WireWriter encode() {
        var out = new WireWriter(unknown)
                .string(1, name)
                .strings(4, inputs)
                .strings(5, outputs)
                .strings(6, attributes);
        nodes.forEach(node -> out.message(7, node.encode()));
        out.string(8, docString);
        opsetImports.forEach(opset -> out.message(9, opset.encode()));
        out.string(10, domain);
        attributeProtos.forEach(attribute -> out.message(11, attribute.encode()));
        valueInfos.forEach(value -> out.message(12, value.encode()));
        out.string(13, overload);
        return StringStringEntryProto.encode(out, 14, metadataProps);
    }

    private static final class Fields {
        private String name = "";
        private final List<String> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private final List<String> attributes = new ArrayList<>();
        private final List<NodeProto> nodes = new ArrayList<>();
        private String docString = "";
        private final List<OperatorSetIdProto> opsets = new ArrayList<>();
        private String domain = "";
        private final List<AttributeProto> attributeProtos = new ArrayList<>();
        private final List<ValueInfoProto> valueInfos = new ArrayList<>();
        private String overload = "";
        private final List<StringStringEntryProto> metadata = new ArrayList<>();

        FunctionProto build(UnknownFields unknown) {
            return new FunctionProto(
                    name,
                    inputs,
                    outputs,
                    attributes,
                    nodes,
                    docString,
                    opsets,
                    domain,
                    attributeProtos,
                    valueInfos,
                    overload,
                    metadata,
                    unknown);
        }
    }
}
