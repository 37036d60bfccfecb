package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A named value and its type (onnx.proto, ValueInfoProto).
///
/// @param name the value's name
/// @param type its type; may be absent for inputs of nested graphs
/// @param docString documentation
/// @param metadataProps named metadata
/// @param unknown see [UnknownFields]
public record ValueInfoProto(
        String name,
        Optional<TypeProto> type,
        String docString,
        List<StringStringEntryProto> metadataProps,
        UnknownFields unknown) {
    public ValueInfoProto {
        metadataProps = List.copyOf(metadataProps);
    }

    /// A value made by hand.
    public ValueInfoProto(String name, TypeProto type) {
        this(name, Optional.of(type), "", List.of(), UnknownFields.NONE);
    }

    static ValueInfoProto read(WireReader in) {
        var name = "";
        var type = Optional.<TypeProto>empty();
        var docString = "";
        var metadata = new ArrayList<StringStringEntryProto>();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.string("name");
                case 2 -> type = Optional.of(in.message("type", TypeProto::read));
                case 3 -> docString = in.string("doc_string");
                case 4 -> in.messages("metadata_props", metadata, StringStringEntryProto::read);
                default -> in.keep();
            }
        }
        return new ValueInfoProto(name, type, docString, metadata, in.unknown());
    }

    WireWriter encode() {
        var out = new WireWriter(unknown).string(1, name);
        type.ifPresent(t -> out.message(2, t.encode()));
        return StringStringEntryProto.encode(out.string(3, docString), 4, metadataProps);
    }
}
