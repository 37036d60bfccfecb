package dev.balsa.kept;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.RandomAccess;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Writes objects such that [KeptReader] makes equal ones of them in another process of the same build: immutable
/// objects of Balsa's own classes, with numbers, texts, arrays, lists, maps and optionals in them. What is the same
/// object stays the same object. For one thread.
public final class KeptWriter {
    /// Stands for an object that is not complete yet.
    private static final int OPEN = -1;
    private static final int ALIGNMENT = 8;
    private static final Class<?> UNMODIFIABLE =
            Collections.unmodifiableMap(Map.of()).getClass();

    private final References references;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final IdentityHashMap<Object, Integer> numbers = new IdentityHashMap<>();
    private final Map<Class<?>, List<Field>> fields = new HashMap<>();
    private final List<MemorySegment> large = new ArrayList<>();
    private int complete;
    private long largeBytes;

    /// @param references numbers what is no part of the objects
    public KeptWriter(References references) {
        this.references = references;
    }

    /// Names the build; objects can be read by the same one only. Empty if this one cannot keep any.
    public static String build() {
        return KeptTypes.build();
    }

    /// The objects written.
    public byte[] bytes() {
        return bytes.toByteArray();
    }

    /// The part for large arrays, in pieces: each begins at a multiple of 8 bytes.
    public List<MemorySegment> large() {
        return large;
    }

    /// Writes an object, or null, with all that it refers to.
    ///
    /// @throws NotKeptException if something among it cannot be kept; then nothing written is of use
    public void write(@Nullable Object object) throws NotKeptException {
        switch (object) {
            case null -> tag(Tag.NULL);
            case Integer value -> {
                tag(Tag.INTEGER);
                putInt(value);
            }
            case Long value -> {
                tag(Tag.LONG);
                putLong(value);
            }
            case Float value -> {
                tag(Tag.FLOAT);
                putInt(Float.floatToRawIntBits(value));
            }
            case Double value -> {
                tag(Tag.DOUBLE);
                putLong(Double.doubleToRawLongBits(value));
            }
            case Boolean value -> tag(value ? Tag.TRUE : Tag.FALSE);
            case OptionalInt value -> {
                tag(value.isPresent() ? Tag.OPTIONAL_INT : Tag.EMPTY_OPTIONAL_INT);
                if (value.isPresent()) {
                    putInt(value.getAsInt());
                }
            }
            case OptionalLong value -> {
                tag(value.isPresent() ? Tag.OPTIONAL_LONG : Tag.EMPTY_OPTIONAL_LONG);
                if (value.isPresent()) {
                    putLong(value.getAsLong());
                }
            }
            case Map<?, ?> map when map.isEmpty() && !(map instanceof SortedMap) -> tag(Tag.EMPTY_MAP);
            case Optional<?> value when value.isEmpty() -> tag(Tag.EMPTY_OPTIONAL);
            default -> writeNoted(object);
        }
    }

    private void writeNoted(Object object) throws NotKeptException {
        var known = numbers.get(object);
        if (known != null) {
            if (known == OPEN) {
                throw new NotKeptException(object.getClass() + " refers to itself");
            }
            tag(Tag.AGAIN);
            putNumber(known);
            return;
        }
        var reference = references.number(object);
        if (reference.isPresent()) {
            tag(Tag.REFERENCE);
            putNumber(reference.getAsInt());
            return;
        }
        numbers.put(object, OPEN);
        writeNew(object);
        numbers.put(object, complete++);
    }

    private void writeNew(Object object) throws NotKeptException {
        switch (object) {
            case String text -> {
                tag(Tag.STRING);
                var utf8 = text.getBytes(StandardCharsets.UTF_8);
                putNumber(utf8.length);
                bytes.writeBytes(utf8);
            }
            case Optional<?> value -> {
                tag(Tag.OPTIONAL);
                write(value.orElseThrow());
            }
            case List<?> list -> writeList(list);
            case SortedMap<?, ?> map
            when map.comparator() == null -> {
                tag(Tag.SORTED_MAP);
                writeEntries(map);
            }
            case Map<?, ?> map
            when map.getClass() == UNMODIFIABLE -> {
                tag(Tag.ORDERED_MAP);
                writeEntries(map);
            }
            case boolean[] array -> {
                tag(Tag.BOOLEANS);
                putNumber(array.length);
                for (boolean element : array) {
                    bytes.write(element ? 1 : 0);
                }
            }
            case byte[] array -> {
                tag(Tag.BYTES);
                putNumber(array.length);
                bytes.writeBytes(array);
            }
            case int[] array -> writeInts(array);
            case long[] array -> writeLongs(array);
            case float[] array -> writeFloats(array);
            case double[] array -> {
                tag(Tag.DOUBLES);
                putNumber(array.length);
                for (double element : array) {
                    putLong(Double.doubleToRawLongBits(element));
                }
            }
            case Object[] array -> {
                tag(Tag.OBJECTS);
                write(array.getClass().getComponentType().getName());
                writeElements(List.of(), array);
            }
            default -> writeTyped(object);
        }
    }

    private void writeEntries(Map<?, ?> map) throws NotKeptException {
        putNumber(map.size());
        for (var entry : map.entrySet()) {
            write(entry.getKey());
            write(entry.getValue());
        }
    }

    private void writeElements(Collection<?> list, Object[] array) throws NotKeptException {
        putNumber(list.size() + array.length);
        for (var element : list) {
            write(element);
        }
        for (var element : array) {
            write(element);
        }
    }

    /// Lists that nobody can change are told by their class: what `List.of` makes.
    private void writeList(List<?> list) throws NotKeptException {
        if (!(list instanceof RandomAccess)) {
            throw new NotKeptException("a list of " + list.getClass());
        }
        boolean isFixed = list.getClass().getName().startsWith("java.util.ImmutableCollections$")
                && list.stream().noneMatch(element -> element == null);
        tag(isFixed ? Tag.LIST : Tag.ARRAY_LIST);
        writeElements(list, new Object[0]);
    }

    private void writeInts(int[] array) {
        if (array.length >= Tag.LARGE) {
            writeLarge(Tag.LARGE_INTS, array.length, MemorySegment.ofArray(array));
            return;
        }
        tag(Tag.INTS);
        putNumber(array.length);
        for (int element : array) {
            putInt(element);
        }
    }

    private void writeLongs(long[] array) {
        if (array.length >= Tag.LARGE) {
            writeLarge(Tag.LARGE_LONGS, array.length, MemorySegment.ofArray(array));
            return;
        }
        tag(Tag.LONGS);
        putNumber(array.length);
        for (long element : array) {
            putLong(element);
        }
    }

    private void writeFloats(float[] array) {
        if (array.length >= Tag.LARGE) {
            writeLarge(Tag.LARGE_FLOATS, array.length, MemorySegment.ofArray(array));
            return;
        }
        tag(Tag.FLOATS);
        putNumber(array.length);
        for (float element : array) {
            putInt(Float.floatToRawIntBits(element));
        }
    }

    private void writeLarge(int tag, int length, MemorySegment elements) {
        tag(tag);
        putNumber(length);
        putLong(largeBytes);
        large.add(elements);
        largeBytes += (elements.byteSize() + ALIGNMENT - 1) & -ALIGNMENT;
    }

    private void writeTyped(Object object) throws NotKeptException {
        var type = object instanceof Enum<?> constant ? constant.getDeclaringClass() : object.getClass();
        var number = KeptTypes.of(type)
                .orElseThrow(() -> new NotKeptException(object.getClass().toString()));
        tag(Tag.TYPE);
        putNumber(number.packageNumber());
        putNumber(number.number());
        if (object instanceof Enum<?> constant) {
            putPlace(constant);
            return;
        }
        for (var field : fields.computeIfAbsent(type, KeptTypes::fields)) {
            writeField(object, field);
        }
    }

    @SuppressWarnings("EnumOrdinal") // the same build reads it
    private void putPlace(Enum<?> constant) {
        putInt(constant.ordinal());
    }

    private void writeField(Object object, Field field) throws NotKeptException {
        try {
            var value = field.get(object);
            if (!field.getType().isPrimitive()) {
                write(value);
                return;
            }
            switch (value) {
                case Boolean of -> bytes.write(of ? 1 : 0);
                case Byte of -> bytes.write(of);
                case Short of -> putInt(of);
                case Character of -> putInt(of);
                case Integer of -> putInt(of);
                case Long of -> putLong(of);
                case Float of -> putInt(Float.floatToRawIntBits(of));
                case Double of -> putLong(Double.doubleToRawLongBits(of));
                default -> throw new NotKeptException(field.toString());
            }
        } catch (IllegalAccessException e) {
            throw new NotKeptException(field + ": " + e);
        }
    }

    private void tag(int tag) {
        bytes.write(tag);
    }

    private void putNumber(int number) {
        int rest = number;
        while ((rest & ~0x7F) != 0) {
            bytes.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
    }

    private void putInt(int value) {
        putNumber(value << 1 ^ value >> 31);
    }

    private void putLong(long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7FL) != 0) {
            bytes.write((int) rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }
}
