package dev.balsa.onnx.wire;

import dev.balsa.error.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Locale;

/// A position in a range of bytes: the scalar encodings, each checked against the bytes that remain.
///
/// Subclasses say where they stand with [#place]; offsets in errors are those of the whole segment.
abstract class WireCursor {
    static final ValueLayout.OfInt INT32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong INT64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    final MemorySegment bytes;
    final long end;
    long position;

    WireCursor(MemorySegment bytes, long position, long end) {
        this.bytes = bytes;
        this.position = position;
        this.end = end;
    }

    /// The field path for messages, such as `graph.node[3]`.
    abstract String place();

    final long remaining() {
        return end - position;
    }

    final long readVarint(String what) {
        long start = position;
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (position >= end) {
                throw fault(what, "varint is cut off", "a last byte below 0x80", "the end of its message", start);
            }
            byte b = bytes.get(ValueLayout.JAVA_BYTE, position++);
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw fault(what, "varint is too long", "at most 10 bytes", "more", start);
    }

    final int readFixed32(String what) {
        require(what, "fixed32 field", 4);
        int value = bytes.get(INT32, position);
        position += 4;
        return value;
    }

    final long readFixed64(String what) {
        require(what, "fixed64 field", 8);
        long value = bytes.get(INT64, position);
        position += 8;
        return value;
    }

    /// Reads a length prefix and checks it; the cursor then stands at the first byte of the content.
    final long readLength(String what) {
        long start = position;
        long length = readVarint(what);
        if (length < 0 || length > remaining()) {
            var found = Long.toUnsignedString(length);
            throw fault(
                    what,
                    "length-delimited field runs past its message",
                    "at most " + grouped(remaining()) + " bytes",
                    length < 0 ? found : grouped(length),
                    start);
        }
        return length;
    }

    private void require(String what, String kind, long size) {
        if (remaining() < size) {
            throw fault(what, kind + " is cut off", size + " bytes", Long.toString(remaining()), position);
        }
    }

    final ModelFormatException fault(String what, String wrong, String expected, String found, long offset) {
        var path = place();
        var subject = path.isEmpty() ? what : what.isEmpty() ? path : path + "." + what;
        return new ModelFormatException((subject.isEmpty() ? "file" : subject) + ": " + wrong + "; expected " + expected
                + ", found " + found + " (offset " + grouped(offset) + ")");
    }

    static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
