package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/// One operator of a graph (onnx.proto, NodeProto).
///
/// @param inputs names of values; an empty name is an optional input that is left out
/// @param outputs names of values; an empty name is an optional output that is left out
/// @param name the node's name, often empty
/// @param opType the operator
/// @param attributes named attributes
/// @param docString documentation
/// @param domain the operator's domain; empty means `ai.onnx`
/// @param overload which of several functions of one name is meant
/// @param metadataProps named metadata
/// @param unknown see [UnknownFields]
public record NodeProto(
        List<String> inputs,
        List<String> outputs,
        String name,
        String opType,
        List<AttributeProto> attributes,
        String docString,
        String domain,
        String overload,
        List<StringStringEntryProto> metadataProps,
        UnknownFields unknown) {
    public NodeProto {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = List.copyOf(attributes);
        metadataProps = List.copyOf(metadataProps);
    }

    /// A node made by hand, in the default domain.
    public NodeProto(
            String opType, String name, List<String> inputs, List<String> outputs, List<AttributeProto> attributes) {
        this(inputs, outputs, name, opType, attributes, "", "", "", List.of(), UnknownFields.NONE);
    }

    static NodeProto read(WireReader in) {
        var inputs = new ArrayList<String>();
        var outputs = new ArrayList<String>();
        var name = "";
        var opType = "";
        var attributes = new ArrayList<AttributeProto>();
        var docString = "";
        var domain = "";
        var overload = "";
        var metadata = new ArrayList<StringStringEntryProto>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> in.strings("input", inputs);
                case 2 -> in.strings("output", outputs);
                case 3 -> name = in.string("name");
                case 4 -> opType = in.string("op_type");
                case 5 -> in.messages("attribute", attributes, AttributeProto::read);
                case 6 -> docString = in.string("doc_string");
                case 7 -> domain = in.string("domain");
                case 8 -> overload = in.string("overload");
                case 9 -> in.messages("metadata_props", metadata, StringStringEntryProto::read);
                default -> in.keep();
            }
        }
        return new NodeProto(
                inputs, outputs, name, opType, attributes, docString, domain, overload, metadata, in.unknown());
    }

    WireWriter encode() {
        var out = new WireWriter(unknown)
                .strings(1, inputs)
                .strings(2, outputs)
                .string(3, name)
                .string(4, opType);
        attributes.forEach(attribute -> out.message(5, attribute.encode()));
        out.string(6, docString).string(7, domain).string(8, overload);
        return StringStringEntryProto.encode(out, 9, metadataProps);
    }
}
