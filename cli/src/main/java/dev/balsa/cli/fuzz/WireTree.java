package dev.balsa.cli.fuzz;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes ONNX files apart into [Part]s and puts them together again. Lenient: what is no message stays a block.
final class WireTree {
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private long position;

    private WireTree(MemorySegment bytes) {
        this.bytes = bytes;
    }

    /// The parts of a model file, if it is sound.
    static Optional<Part.Message> parse(byte[] model) {
        return message(0, MessageKind.MODEL, MemorySegment.ofArray(model).asReadOnly());
    }

    private static Optional<Part.Message> message(int field, MessageKind kind, MemorySegment bytes) {
        try {
            return Optional.of(new Part.Message(field, kind, new WireTree(bytes).parts(kind)));
        } catch (IndexOutOfBoundsException | ArithmeticException _) {
            return Optional.empty();
        }
    }

    private List<Part> parts(MessageKind kind) {
        var parts = new ArrayList<Part>();
        while (position < bytes.byteSize()) {
            long tag = varint();
            int field = (int) (tag >>> 3);
            parts.add(
                    switch ((int) (tag & 7)) {
                        case 0 -> new Part.Scalar(field, 0, varint());
                        case 1 -> new Part.Scalar(field, 1, bytes.get(I64, advance(8)));
                        case 5 -> new Part.Scalar(field, 5, bytes.get(I32, advance(4)));
                        case 2 -> block(kind, field);
                        default -> throw new IndexOutOfBoundsException("no such wire type");
                    });
        }
        return parts;
    }

    private Part block(MessageKind kind, int field) {
        long length = varint();
        var content = bytes.asSlice(advance(length), length);
        return kind.field(field)
                .flatMap(inner -> message(field, inner, content))
                .<Part>map(message -> message)
                .orElseGet(() -> new Part.Block(field, content));
    }

    private long advance(long count) {
        long at = position;
        position = Math.addExact(at, count);
        return at;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = bytes.get(ValueLayout.JAVA_BYTE, advance(1));
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException("varint of more than 10 bytes");
    }

    /// The bytes of a message without its own tag and length.
    static byte[] bytes(Part.Message message) {
        var out = new ByteArrayOutputStream();
        for (var part : message.parts()) {
            switch (part) {
                case Part.Scalar(int field, int wireType, long value) -> {
                    varint(out, (long) field << 3 | wireType);
                    number(out, wireType, value);
                }
                case Part.Block(int field, var content) -> block(out, field, content.toArray(ValueLayout.JAVA_BYTE));
                case Part.Message inner -> block(out, inner.field(), bytes(inner));
            }
        }
        return out.toByteArray();
    }

    private static void block(ByteArrayOutputStream out, int field, byte[] content) {
        varint(out, (long) field << 3 | 2);
        varint(out, content.length);
        out.writeBytes(content);
    }

    private static void number(ByteArrayOutputStream out, int wireType, long value) {
        if (wireType == 0) {
            varint(out, value);
            return;
        }
        int width = wireType == 1 ? 8 : 4;
        for (int i = 0; i < width; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
