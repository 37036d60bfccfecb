package dev.balsa.onnx.wire;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One message under construction: small fields are encoded at once, large byte fields are kept as [Payload]s and
/// streamed by [#writeTo]. Sizes are `long`, so a message may exceed 2 GB.
///
/// Fields are given in ascending order of their numbers. The unknown fields handed to the constructor are merged in by
/// number. Default values (0, empty) of single fields are left out unless the method says otherwise. Used by one
/// thread; writing may be repeated.
public final class WireWriter implements Payload {
    private static final long INLINE = 4096;

    private final List<Payload> pieces = new ArrayList<>(0);
    private final Iterator<UnknownFields.RawField> unknown;
    private UnknownFields.@Nullable RawField pending;
    private byte[] tail = new byte[32];
    private int used;
    private long sealed;

    /// A message that begins with no fields but will have these unknown ones.
    public WireWriter(UnknownFields unknown) {
        var sorted = new ArrayList<>(unknown.fields());
        sorted.sort(Comparator.comparingInt(UnknownFields.RawField::number));
        this.unknown = sorted.iterator();
        advance();
    }

    /// An int32, int64, uint64 or enum field, left out if 0.
    public WireWriter int64(int field, long value) {
        merge(field);
        return value == 0 ? this : int64Always(field, value);
    }

    /// An integer field that is written even if 0: members of a oneof, entries of a repeated field.
    public WireWriter int64Always(int field, long value) {
        merge(field);
        varint((long) field << 3);
        varint(value);
        return this;
    }

    /// A float field, left out if it is positive zero.
    public WireWriter float32(int field, float value) {
        merge(field);
        return Float.floatToRawIntBits(value) == 0 ? this : float32Always(field, value);
    }

    private WireWriter float32Always(int field, float value) {
        varint((long) field << 3 | WireType.FIXED32);
        int bits = Float.floatToRawIntBits(value);
        for (int shift = 0; shift < 32; shift += 8) {
            put((byte) (bits >>> shift));
        }
        return this;
    }

    /// A string field, left out if empty.
    public WireWriter string(int field, String value) {
        merge(field);
        return value.isEmpty() ? this : stringAlways(field, value);
    }

    /// A repeated string field.
    public WireWriter strings(int field, List<String> values) {
        merge(field);
        values.forEach(value -> stringAlways(field, value));
        return this;
    }

    /// A string that is written even if empty.
    public WireWriter stringAlways(int field, String value) {
        merge(field);
        return bytesAlways(field, MemorySegment.ofArray(value.getBytes(StandardCharsets.UTF_8)));
    }

    /// A byte field, left out if empty.
    public WireWriter bytes(int field, MemorySegment value) {
        merge(field);
        return value.byteSize() == 0 ? this : bytesAlways(field, value);
    }

    /// A repeated byte field.
    public WireWriter segments(int field, List<MemorySegment> values) {
        merge(field);
        values.forEach(value -> bytesAlways(field, value));
        return this;
    }

    /// A byte field whose content is produced while writing; left out if empty.
    public WireWriter payload(int field, Payload value) {
        if (value instanceof Payload.OfSegment(var segment)) {
            return bytes(field, segment);
        }
        merge(field);
        if (value.size() > 0) {
            head(field, value.size());
            add(value);
        }
        return this;
    }

    /// A repeated int64 field, one tag per entry.
    public WireWriter int64s(int field, List<Long> values) {
        merge(field);
        values.forEach(value -> int64Always(field, value));
        return this;
    }

    /// A repeated float field, one tag per entry.
    public WireWriter floats(int field, List<Float> values) {
        merge(field);
        values.forEach(value -> float32Always(field, value));
        return this;
    }

    /// A message field, written even if it is empty.
    public WireWriter message(int field, WireWriter value) {
        merge(field);
        head(field, value.size());
        if (value.pieces.isEmpty()) {
            append(MemorySegment.ofArray(value.tail).asSlice(0, value.used));
        } else {
            value.seal();
            value.pieces.forEach(this::add);
        }
        return this;
    }

    @Override
    public long size() {
        merge(Integer.MAX_VALUE);
        return sealed + used;
    }

    @Override
    public void writeTo(WritableByteChannel channel) throws IOException {
        merge(Integer.MAX_VALUE);
        for (var piece : pieces) {
            piece.writeTo(channel);
        }
        Payload.of(MemorySegment.ofArray(tail).asSlice(0, used)).writeTo(channel);
    }

    private WireWriter bytesAlways(int field, MemorySegment value) {
        head(field, value.byteSize());
        append(value);
        return this;
    }

    private void head(int field, long length) {
        varint((long) field << 3 | WireType.LENGTH_DELIMITED);
        varint(length);
    }

    /// Puts in the unknown fields up to and including this number.
    private void merge(int field) {
        while (pending != null && pending.number() <= field) {
            var raw = pending.bytes();
            advance();
            append(raw);
        }
    }

    private void advance() {
        pending = unknown.hasNext() ? unknown.next() : null;
    }

    private void append(MemorySegment value) {
        if (value.byteSize() > INLINE) {
            add(Payload.of(value));
            return;
        }
        int length = (int) value.byteSize();
        reserve(length);
        MemorySegment.copy(value, ValueLayout.JAVA_BYTE, 0, tail, used, length);
        used += length;
    }

    private void add(Payload piece) {
        seal();
        pieces.add(piece);
        sealed += piece.size();
    }

    private void seal() {
        if (used > 0) {
            pieces.add(Payload.of(MemorySegment.ofArray(Arrays.copyOf(tail, used))));
            sealed += used;
            used = 0;
        }
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        put((byte) rest);
    }

    private void put(byte b) {
        reserve(1);
        tail[used++] = b;
    }

    private void reserve(int more) {
        if (used + more > tail.length) {
            tail = Arrays.copyOf(tail, Math.max(used + more, tail.length * 2));
        }
    }
}
