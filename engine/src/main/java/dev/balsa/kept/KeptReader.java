package dev.balsa.kept;

import dev.balsa.error.InternalException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Reads what [KeptWriter] has written, by the same build: bytes that are known to be unharmed. Young JVMs run it
/// in the interpreter, so it is plain loops over an array. For one thread.
public final class KeptReader {
    private static final int MOST_AT_FIRST = 1024;

    private final byte[] bytes;
    private final MemorySegment large;
    private final IntFunction<Object> references;
    private Object[] complete = new Object[MOST_AT_FIRST];
    private int count;
    private int at;

    /// @param bytes the objects
    /// @param large the part for large arrays
    /// @param references what numbers of [References] stand for
    public KeptReader(byte[] bytes, MemorySegment large, IntFunction<Object> references) {
        this.bytes = bytes;
        this.large = large;
        this.references = references;
    }

    /// The next object, or null.
    public @Nullable Object readObject() {
        int tag = bytes[at++];
        return switch (tag) {
            case Tag.NULL -> null;
            case Tag.AGAIN -> complete[readNumber()];
            case Tag.REFERENCE -> references.apply(readNumber());
            case Tag.INTEGER -> readInt();
            case Tag.LONG -> readLong();
            case Tag.FLOAT -> readFloat();
            case Tag.DOUBLE -> readDouble();
            case Tag.FALSE -> false;
            case Tag.TRUE -> true;
            case Tag.EMPTY_MAP -> Map.of();
            case Tag.EMPTY_OPTIONAL -> Optional.empty();
            case Tag.EMPTY_OPTIONAL_INT -> OptionalInt.empty();
            case Tag.OPTIONAL_INT -> OptionalInt.of(readInt());
            case Tag.EMPTY_OPTIONAL_LONG -> OptionalLong.empty();
            case Tag.OPTIONAL_LONG -> OptionalLong.of(readLong());
            default -> noted(readNoted(tag));
        };
    }

    private Object readPresent() {
        return Objects.requireNonNull(readObject(), "an object among those kept");
    }

    private Object noted(Object object) {
        if (count == complete.length) {
            complete = Arrays.copyOf(complete, 2 * count);
        }
        complete[count++] = object;
        return object;
    }

    private Object readNoted(int tag) {
        return switch (tag) {
            case Tag.TYPE -> readTyped();
            case Tag.STRING -> readString();
            case Tag.LIST -> List.of(readElements());
            case Tag.ARRAY_LIST -> new ArrayList<>(Arrays.asList(readElements()));
            case Tag.OPTIONAL -> Optional.of(readPresent());
            case Tag.BOOLEANS -> readBooleans();
            case Tag.BYTES -> readBytes();
            case Tag.INTS -> readInts();
            case Tag.LONGS -> readLongs();
            case Tag.FLOATS -> readFloats();
            case Tag.DOUBLES -> readDoubles();
            case Tag.LARGE_INTS, Tag.LARGE_LONGS, Tag.LARGE_FLOATS -> readLarge(tag);
            case Tag.OBJECTS -> readObjects();
            case Tag.SORTED_MAP -> readEntries(new TreeMap<>());
            case Tag.ORDERED_MAP -> Collections.unmodifiableMap(readEntries(new LinkedHashMap<>()));
            default -> throw damaged("tag " + tag);
        };
    }

    private static InternalException damaged(String what) {
        return new InternalException("kept objects: found " + what + "; expected what this build has written");
    }

    private Object readTyped() {
        int packageNumber = readNumber();
        int number = readNumber();
        var object = KeptTypes.create(packageNumber, number, this);
        if (object == null) {
            throw damaged("type " + packageNumber + "/" + number);
        }
        return object;
    }

    private String readString() {
        int length = readNumber();
        var text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    private @Nullable Object[] readElements() {
        var elements = new @Nullable Object[readNumber()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = readObject();
        }
        return elements;
    }

    private Object readObjects() {
        var name = (String) readPresent();
        try {
            var type = Class.forName(name, false, KeptReader.class.getClassLoader());
            var array = (Object[]) Array.newInstance(type, readNumber());
            for (int i = 0; i < array.length; i++) {
                array[i] = readObject();
            }
            return array;
        } catch (ClassNotFoundException e) {
            throw new InternalException("kept objects: class " + name + " is missing", e);
        }
    }

    private Map<Object, Object> readEntries(Map<Object, Object> map) {
        for (int i = readNumber(); i > 0; i--) {
            var key = readPresent();
            map.put(key, readPresent());
        }
        return map;
    }

    private boolean[] readBooleans() {
        var array = new boolean[readNumber()];
        for (int i = 0; i < array.length; i++) {
            array[i] = readBoolean();
        }
        return array;
    }

    private byte[] readBytes() {
        int length = readNumber();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    private int[] readInts() {
        var array = new int[readNumber()];
        for (int i = 0; i < array.length; i++) {
            array[i] = readInt();
        }
        return array;
    }

    private long[] readLongs() {
        var array = new long[readNumber()];
        for (int i = 0; i < array.length; i++) {
            array[i] = readLong();
        }
        return array;
    }

    private float[] readFloats() {
        var array = new float[readNumber()];
        for (int i = 0; i < array.length; i++) {
            array[i] = readFloat();
        }
        return array;
    }

    private double[] readDoubles() {
        var array = new double[readNumber()];
        for (int i = 0; i < array.length; i++) {
            array[i] = readDouble();
        }
        return array;
    }

    private Object readLarge(int tag) {
        int length = readNumber();
        long from = readLong();
        return switch (tag) {
            case Tag.LARGE_INTS -> {
                var array = new int[length];
                MemorySegment.ofArray(array).copyFrom(large.asSlice(from, (long) length * Integer.BYTES));
                yield array;
            }
            case Tag.LARGE_LONGS -> {
                var array = new long[length];
                MemorySegment.ofArray(array).copyFrom(large.asSlice(from, (long) length * Long.BYTES));
                yield array;
            }
            default -> {
                var array = new float[length];
                MemorySegment.ofArray(array).copyFrom(large.asSlice(from, (long) length * Float.BYTES));
                yield array;
            }
        };
    }

    /// A count or number, not negative.
    public int readNumber() {
        int b = bytes[at++];
        if (b >= 0) {
            return b;
        }
        int value = b & 0x7F;
        for (int shift = 7; ; shift += 7) {
            b = bytes[at++];
            value |= (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    /// A field of this type.
    public boolean readBoolean() {
        return bytes[at++] != 0;
    }

    /// A field of this type.
    public byte readByte() {
        return bytes[at++];
    }

    /// A field of this type.
    public short readShort() {
        return (short) readInt();
    }

    /// A field of this type.
    public char readChar() {
        return (char) readInt();
    }

    /// A field of this type.
    public int readInt() {
        int folded = readNumber();
        return folded >>> 1 ^ -(folded & 1);
    }

    /// A field of this type.
    public long readLong() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            long b = bytes[at++];
            value |= (b & 0x7F) << shift;
            if (b >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
    }

    /// A field of this type.
    public float readFloat() {
        return Float.intBitsToFloat(readInt());
    }

    /// A field of this type.
    public double readDouble() {
        return Double.longBitsToDouble(readLong());
    }
}
