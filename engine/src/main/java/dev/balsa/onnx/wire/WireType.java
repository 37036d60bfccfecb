package dev.balsa.onnx.wire;

/// The wire types of the protocol buffer encoding, by their numbers in a tag.
final class WireType {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH_DELIMITED = 2;
    static final int GROUP_START = 3;
    static final int GROUP_END = 4;
    static final int FIXED32 = 5;

    private WireType() {}

    static String name(int type) {
        return switch (type) {
            case VARINT -> "varint";
            case FIXED64 -> "fixed64";
            case LENGTH_DELIMITED -> "length-delimited";
            case GROUP_START -> "group start";
            case GROUP_END -> "group end";
            case FIXED32 -> "fixed32";
            default -> "reserved wire type " + type;
        };
    }
}
