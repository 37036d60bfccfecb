package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;
import java.util.List;
import java.util.Optional;

/// One key and its value: metadata, and the description of external data (onnx.proto, StringStringEntryProto).
///
/// @param key the key
/// @param value the value
/// @param unknown see [UnknownFields]
public record StringStringEntryProto(String key, String value, UnknownFields unknown) {
    /// An entry made by hand.
    public StringStringEntryProto(String key, String value) {
        this(key, value, UnknownFields.NONE);
    }

    static StringStringEntryProto read(WireReader in) {
        var key = "";
        var value = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> key = in.string("key");
                case 2 -> value = in.string("value");
                default -> in.keep();
            }
        }
        return new StringStringEntryProto(key, value, in.unknown());
    }

    WireWriter encode() {
        return new WireWriter(unknown).string(1, key).string(2, value);
    }

    static WireWriter encode(WireWriter out, int field, List<StringStringEntryProto> entries) {
        entries.forEach(entry -> out.message(field, entry.encode()));
        return out;
    }

    /// The value of the last entry with this key.
    public static Optional<String> find(List<StringStringEntryProto> entries, String key) {
        return entries.stream()
                .filter(entry -> entry.key().equals(key))
                .reduce((first, second) -> second)
                .map(StringStringEntryProto::value);
    }
}
