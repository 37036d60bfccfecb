package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.UnknownFields;
import dev.balsa.onnx.wire.WireReader;
import dev.balsa.onnx.wire.WireWriter;

/// An imported operator set (onnx.proto, OperatorSetIdProto).
///
/// @param domain the operator domain; empty means `ai.onnx`
/// @param version the opset version
/// @param unknown see [UnknownFields]
public record OperatorSetIdProto(String domain, long version, UnknownFields unknown) {
    /// An entry made by hand.
    public OperatorSetIdProto(String domain, long version) {
        this(domain, version, UnknownFields.NONE);
    }

    static OperatorSetIdProto read(WireReader in) {
        var domain = "";
        long version = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> domain = in.string("domain");
                case 2 -> version = in.int64("version");
                default -> in.keep();
            }
        }
        return new OperatorSetIdProto(domain, version, in.unknown());
    }

    WireWriter encode() {
        return new WireWriter(unknown).string(1, domain).int64(2, version);
    }
}
