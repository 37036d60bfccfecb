package dev.balsa.onnx.wire;

import dev.balsa.error.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads one protocol buffer message field by field, in place.
///
/// Usage: `while (in.next()) switch (in.field()) { case 1 -> name = in.string("name"); default -> in.keep(); }`. After
/// [#next], exactly one reading method is called; it checks the wire type, and every length against the bytes that
/// remain, before it reads or allocates. Byte fields come back as slices of the segment that was given, which must stay
/// alive as long as they are used. Errors are [ModelFormatException]s with the field path and the offset in the file.
///
/// A reader is used by one thread. Follows the encoding section of the Protocol Buffers documentation; a field whose
/// wire type does not fit, or a message field that should be single and occurs twice, is an error here.
public final class WireReader extends WireCursor {
    /// A segment without bytes: the value of an absent byte field.
    public static final MemorySegment EMPTY = MemorySegment.ofArray(new byte[0]);

    private final Budget budget;
    private final @Nullable WireReader parent;
    private final String name;
    private final int index;
    private final int depth;
    private final List<UnknownFields.RawField> unknown = new ArrayList<>(0);
    private long fieldStart;
    private int field;
    private int type;
    private long seen;

    private WireReader(MemorySegment bytes, Budget budget) {
        super(bytes, 0, bytes.byteSize());
        this.budget = budget;
        this.parent = null;
        this.name = "";
        this.index = -1;
        this.depth = 0;
    }

    private WireReader(WireReader parent, String name, int index, long length) {
        super(parent.bytes, parent.position, parent.position + length);
        this.budget = parent.budget;
        this.parent = parent;
        this.name = name;
        this.index = index;
        this.depth = parent.depth + 1;
    }

    /// A reader of the message that fills `bytes`.
    public static WireReader of(MemorySegment bytes, Limits limits) {
        return new WireReader(bytes.asReadOnly(), new Budget(limits));
    }

    /// Goes to the next field; false at the end of the message.
    public boolean next() {
        if (position >= end) {
            return false;
        }
        fieldStart = position;
        long tag = readVarint("");
        type = (int) tag & 7;
        field = (int) (tag >>> 3);
        if (tag >>> 32 != 0 || field == 0) {
            throw fault("", "bad field tag", "a field number from 1 to 536,870,911", grouped(tag >>> 3), fieldStart);
        }
        return true;
    }

    /// The number of the current field.
    public int field() {
        return field;
    }

    /// The limits this file is read under.
    public Limits limits() {
        return budget.limits();
    }

    /// A single int64, uint64 or enum field; retained as unknown too if it is 0, see [UnknownFields].
    public long int64(String what) {
        long value = oneofInt64(what);
        if (value == 0) {
            retain();
        }
        return value;
    }

    /// An int64 field of a oneof, whose presence the caller keeps in mind: 0 is a value like any other.
    public long oneofInt64(String what) {
        expect(what, WireType.VARINT);
        return readVarint(what);
    }

    /// A single int32 or enum field; higher bits are dropped, as the encoding prescribes.
    public int int32(String what) {
        return (int) int64(what);
    }

    /// A single float field; retained as unknown too if it is 0.
    public float float32(String what) {
        expect(what, WireType.FIXED32);
        int bits = readFixed32(what);
        if (bits == 0) {
            retain();
        }
        return Float.intBitsToFloat(bits);
    }

    /// A single string field; retained as unknown too if it is empty.
    public String string(String what) {
        var value = text(what, -1);
        if (value.isEmpty()) {
            retain();
        }
        return value;
    }

    /// One entry of a repeated string field.
    public void strings(String what, List<String> into) {
        into.add(text(what, checkedIndex(what, into)));
    }

    /// A single byte field, as a slice; retained as unknown too if it is empty.
    public MemorySegment bytes(String what) {
        var value = slice(what);
        if (value.byteSize() == 0) {
            retain();
        }
        return value;
    }

    /// One entry of a repeated byte field, as a slice.
    public void segments(String what, List<MemorySegment> into) {
        checkedIndex(what, into);
        budget.takeMessage(this, what);
        into.add(slice(what));
    }

    /// One entry or one packed run of a repeated int64 field.
    public void int64s(String what, List<Long> into) {
        if (type != WireType.LENGTH_DELIMITED) {
            expect(what, WireType.VARINT);
            checkedIndex(what, into);
            into.add(readVarint(what));
            return;
        }
        var run = new WireReader(this, what, -1, readLength(what));
        while (run.remaining() > 0) {
            checkedIndex(what, into);
            into.add(run.readVarint(""));
        }
        position = run.end;
    }

    /// One entry or one packed run of a repeated float field.
    public void floats(String what, List<Float> into) {
        if (type != WireType.LENGTH_DELIMITED) {
            expect(what, WireType.FIXED32);
            checkedIndex(what, into);
            into.add(Float.intBitsToFloat(readFixed32(what)));
            return;
        }
        var run = new WireReader(this, what, -1, readLength(what));
        while (run.remaining() > 0) {
            checkedIndex(what, into);
            into.add(Float.intBitsToFloat(run.readFixed32("")));
        }
        position = run.end;
    }

    /// One entry or one packed run of a repeated integer field whose values stay encoded.
    ///
    /// @param so what was read of this field before; returned with the new values
    public PackedJoin packedVarints(String what, PackedJoin so) {
        return packed(what, so, WireType.VARINT);
    }

    /// One entry or one packed run of a repeated float field whose values stay encoded.
    ///
    /// @param so what was read of this field before; returned with the new values
    public PackedJoin packedFloats(String what, PackedJoin so) {
        return packed(what, so, WireType.FIXED32);
    }

    /// One entry or one packed run of a repeated double field whose values stay encoded.
    ///
    /// @param so what was read of this field before; returned with the new values
    public PackedJoin packedDoubles(String what, PackedJoin so) {
        return packed(what, so, WireType.FIXED64);
    }

    private PackedJoin packed(String what, PackedJoin so, int entry) {
        if (type == WireType.LENGTH_DELIMITED) {
            return so.join(slice(what));
        }
        expect(what, entry);
        long start = position;
        skipValue(type, field, depth);
        return so.join(bytes.asSlice(start, position - start));
    }

    /// A single message field.
    public <T> T message(String what, Function<WireReader, T> read) {
        long bit = field < Long.SIZE ? 1L << field : 0;
        if ((seen & bit) != 0) {
            throw fault(what, "field occurs twice", "one message", "a second one", fieldStart);
        }
        seen |= bit;
        return child(what, -1, read);
    }

    /// One entry of a repeated message field.
    public <T> void messages(String what, List<T> into, Function<WireReader, T> read) {
        into.add(child(what, checkedIndex(what, into), read));
    }

    /// Skips the current field and retains its bytes.
    public void keep() {
        skipValue(type, field, depth);
        retain();
    }

    /// The fields kept so far.
    public UnknownFields unknown() {
        return unknown.isEmpty() ? UnknownFields.NONE : new UnknownFields(unknown);
    }

    /// Looks through the whole message, before the first [#next], for the fields that it has.
    ///
    /// @return a bit per field number below 64 that occurs
    public long occurring() {
        long mark = position;
        long found = 0;
        while (next()) {
            found |= field < Long.SIZE ? 1L << field : 0;
            skipValue(type, field, depth);
        }
        position = mark;
        return found;
    }

    /// Looks through the whole message, before the first [#next], for the last varint of field `number`.
    public long peekVarint(int number, String what, long absent) {
        long mark = position;
        long value = absent;
        while (next()) {
            if (field == number) {
                expect(what, WireType.VARINT);
                value = readVarint(what);
            } else {
                skipValue(type, field, depth);
            }
        }
        position = mark;
        return value;
    }

    /// A failure at the start of the current field, for checks that the caller makes.
    public ModelFormatException fault(String what, String wrong, String expected, String found) {
        return fault(what, wrong, expected, found, fieldStart);
    }

    @Override
    String place() {
        if (parent == null) {
            return "";
        }
        var above = parent.place();
        return (above.isEmpty() ? "" : above + ".") + (index < 0 ? name : name + "[" + index + "]");
    }

    private <T> T child(String what, int at, Function<WireReader, T> read) {
        expect(what, WireType.LENGTH_DELIMITED);
        budget.takeMessage(this, what);
        if (depth >= limits().nesting()) {
            throw fault(what, "messages are nested too deeply", "at most " + limits().nesting() + " levels", "more");
        }
        var child = new WireReader(this, what, at, readLength(what));
        var value = read.apply(child);
        position = child.end;
        return value;
    }

    private MemorySegment slice(String what) {
        expect(what, WireType.LENGTH_DELIMITED);
        long length = readLength(what);
        var value = bytes.asSlice(position, length);
        position += length;
        return value;
    }

    private String text(String what, int at) {
        expect(what, WireType.LENGTH_DELIMITED);
        long length = readLength(what);
        if (length > limits().stringBytes()) {
            var expected = "at most " + grouped(limits().stringBytes()) + " bytes";
            throw fault(what, "string is too long", expected, grouped(length));
        }
        if (length == 0) {
            return "";
        }
        var utf8 = new byte[(int) length];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, position, utf8, 0, utf8.length);
        position += length;
        var value = new String(utf8, StandardCharsets.UTF_8);
        if (value.indexOf('\uFFFD') >= 0 && !isUtf8(utf8)) {
            throw fault(at < 0 ? what : what + "[" + at + "]", "string is not valid", "UTF-8", "other bytes");
        }
        return value;
    }

    private static boolean isUtf8(byte[] text) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private int checkedIndex(String what, List<?> into) {
        if (into.size() >= limits().elements()) {
            throw fault(what, "too many entries", "at most " + grouped(limits().elements()), "more");
        }
        return into.size();
    }

    private void expect(String what, int wanted) {
        if (type != wanted) {
            throw fault(what, "wrong wire type", WireType.name(wanted), WireType.name(type));
        }
    }

    private void retain() {
        budget.takeMessage(this, "");
        unknown.add(new UnknownFields.RawField(field, bytes.asSlice(fieldStart, position - fieldStart)));
    }

    private void skipValue(int wireType, int number, int level) {
        switch (wireType) {
            case WireType.VARINT -> readVarint("field " + number);
            case WireType.FIXED64 -> readFixed64("field " + number);
            case WireType.FIXED32 -> readFixed32("field " + number);
            case WireType.LENGTH_DELIMITED -> {
                long length = readLength("field " + number);
                position += length;
            }
            case WireType.GROUP_START -> skipGroup(number, level + 1);
            default -> throw fault("field " + number, "bad wire type", "0 to 3 or 5", Integer.toString(wireType));
        }
    }

    private void skipGroup(int number, int level) {
        if (level > limits().nesting()) {
            throw fault("", "groups are nested too deeply", "at most " + limits().nesting() + " levels", "more");
        }
        while (true) {
            if (position >= end) {
                throw fault("field " + number, "group is cut off", "an end tag", "the end of its message");
            }
            long tag = readVarint("");
            int inner = (int) (tag >>> 3);
            if (((int) tag & 7) == WireType.GROUP_END) {
                if (inner != number || tag >>> 32 != 0) {
                    throw fault("field " + number, "group ends wrongly", "end of " + number, "end of " + inner);
                }
                return;
            }
            skipValue((int) tag & 7, inner, level);
        }
    }

    /// What all readers of one file share.
    private static final class Budget {
        private final Limits limits;
        private long messages;

        Budget(Limits limits) {
            this.limits = limits;
        }

        Limits limits() {
            return limits;
        }

        void takeMessage(WireReader at, String what) {
            if (++messages > limits.messages()) {
                throw at.fault(what, "too many messages in one file", "at most " + grouped(limits.messages()), "more");
            }
        }
    }
}
