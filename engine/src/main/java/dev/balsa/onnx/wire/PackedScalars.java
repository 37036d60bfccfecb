package dev.balsa.onnx.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongConsumer;

/// The values of a repeated scalar field in their packed encoding, decoded on demand.
///
/// One packed run, the usual case, stays a slice of the file. Several runs or single entries, which the encoding also
/// allows, are joined in a copy; the join of packed encodings is a packed encoding. For `float` and `double` fields
/// [#bytes] is already the little-endian array of the values.
///
/// @param bytes the packed encoding
public record PackedScalars(MemorySegment bytes) {
    /// No values.
    public static final PackedScalars NONE = new PackedScalars(WireReader.EMPTY);

    /// Whether there are no values.
    public boolean isEmpty() {
        return bytes.byteSize() == 0;
    }

    /// The number of varints: bytes without a continuation bit.
    public long varintCount() {
        long count = 0;
        for (long i = 0; i < bytes.byteSize(); i++) {
            count += (bytes.get(ValueLayout.JAVA_BYTE, i) & 0x80) == 0 ? 1 : 0;
        }
        return count;
    }

    /// Decodes the values of an integer field in order.
    ///
    /// @param place who asks, for errors
    /// @throws dev.balsa.error.ModelFormatException if a varint is cut off or too long
    public void forEachVarint(String place, LongConsumer action) {
        var cursor = new Cursor(bytes, place);
        while (cursor.remaining() > 0) {
            action.accept(cursor.readVarint(""));
        }
    }

    private static final class Cursor extends WireCursor {
        private final String place;

        Cursor(MemorySegment bytes, String place) {
            super(bytes, 0, bytes.byteSize());
            this.place = place;
        }

        @Override
        String place() {
            return place;
        }
    }
}
