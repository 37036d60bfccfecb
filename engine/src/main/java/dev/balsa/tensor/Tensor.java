package dev.balsa.tensor;

import dev.balsa.error.ResourceException;
import dev.balsa.error.ShapeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/// A dense, row-major tensor: an element type, a shape, and memory outside the Java heap.
///
/// Memory ownership: [#allocate(DataType, Shape)] and the `of` factories take memory that the garbage collector frees
/// with the last reference; [#allocate(DataType, Shape, Arena)] takes it from an arena, whose owner frees it; [#wrap]
/// looks at native memory of the caller's and is valid as long as that is. A view ([#reshaped]) shares the memory it
/// came from.
/// Fresh memory is zero and 64-byte aligned; wrapped memory may have any alignment. The elements of string tensors live
/// on the heap and have no memory segment.
///
/// Element accessors take a flat row-major index and convert between Java types and the element type: writing rounds to
/// the nearest value, ties to even (floating types), or keeps the low bits (integer types). They check bounds.
/// Thread-safety: as with an array, writes that race are the caller's affair.
public final class Tensor {
    /// Alignment of fresh tensor memory in bytes: a cache line, and the widest vector register.
    public static final int ALIGNMENT = 64;

    /// No process has more; asking for it only costs time.
    private static final long MOST_BYTES = 1L << 47;

    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble F64 =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final String[] NO_STRINGS = {};

    private final DataType type;
    private final Shape shape;
    private final MemorySegment memory;
    private final String[] strings;

    private Tensor(DataType type, Shape shape, MemorySegment memory, String[] strings) {
        this.type = type;
        this.shape = shape;
        this.memory = memory;
        this.strings = strings;
    }

    /// A tensor of zeros (or empty strings) whose memory the garbage collector frees.
    public static Tensor allocate(DataType type, Shape shape) {
        return allocate(type, shape, Arena.ofAuto());
    }

    /// A tensor of zeros (or empty strings) in memory of `arena`.
    ///
    /// @throws ResourceException if there is not that much memory
    public static Tensor allocate(DataType type, Shape shape, Arena arena) {
        try {
            if (type == DataType.STRING) {
                var strings = new String[Math.toIntExact(shape.size())];
                Arrays.fill(strings, "");
                return new Tensor(type, shape, MemorySegment.NULL, strings);
            }
            long bytes = type.bytes(shape.size());
            if (bytes > MOST_BYTES) {
                throw new ArithmeticException(bytes + " bytes are more than any process has");
            }
            return new Tensor(type, shape, arena.allocate(bytes, ALIGNMENT), NO_STRINGS);
        } catch (ArithmeticException | OutOfMemoryError e) {
            throw new ResourceException(
                    "tensor " + type + " " + shape + ": not enough memory; expected a tensor that "
                            + "fits, found " + shape.size()
                            + " elements; give the process more memory, or check the shapes of "
                            + "the model's inputs",
                    e);
        }
    }

    /// A tensor over the first bytes of `memory`, which stays the caller's.
    ///
    /// @throws ShapeException if the memory is too small, or `type` is [DataType#STRING]
    public static Tensor wrap(DataType type, Shape shape, MemorySegment memory) {
        long bytes = type.bytes(shape.size());
        if (type == DataType.STRING || memory.byteSize() < bytes || bytes > 0 && !memory.isNative()) {
            throw new ShapeException("tensor " + type + " " + shape + ": expected native memory of at least " + bytes
                    + " bytes, found " + memory.byteSize() + "; strings and memory on the Java heap cannot be wrapped");
        }
        var own = bytes == 0 ? MemorySegment.NULL : bytes == memory.byteSize() ? memory : memory.asSlice(0, bytes);
        return new Tensor(type, shape, own, NO_STRINGS);
    }

    /// A float32 tensor with a copy of `values`.
    public static Tensor of(float[] values, long... dims) {
        var tensor = sized(DataType.FLOAT32, values.length, dims);
        tensor.memory.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    /// A float64 tensor with a copy of `values`.
    public static Tensor of(double[] values, long... dims) {
        var tensor = sized(DataType.FLOAT64, values.length, dims);
        tensor.memory.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    /// An int64 tensor with a copy of `values`.
    public static Tensor of(long[] values, long... dims) {
        var tensor = sized(DataType.INT64, values.length, dims);
        tensor.memory.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    /// An int32 tensor with a copy of `values`.
    public static Tensor of(int[] values, long... dims) {
        var tensor = sized(DataType.INT32, values.length, dims);
        tensor.memory.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    /// An int8 tensor with a copy of `values`; [#cast] reads the same bytes as another 8-bit type.
    public static Tensor of(byte[] values, long... dims) {
        var tensor = sized(DataType.INT8, values.length, dims);
        tensor.memory.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    /// A bool tensor with a copy of `values`.
    public static Tensor of(boolean[] values, long... dims) {
        var tensor = sized(DataType.BOOL, values.length, dims);
        for (int i = 0; i < values.length; i++) {
            tensor.setLong(i, values[i] ? 1 : 0);
        }
        return tensor;
    }

    /// A string tensor with a copy of `values`.
    public static Tensor of(String[] values, long... dims) {
        var tensor = sized(DataType.STRING, values.length, dims);
        System.arraycopy(values, 0, tensor.strings, 0, values.length);
        return tensor;
    }

    private static Tensor sized(DataType type, int elements, long... dims) {
        var shape = Shape.of(dims);
        if (shape.size() != elements) {
            throw new ShapeException("tensor " + type + " " + shape + ": expected " + shape.size() + " values, found "
                    + elements + "; pass as many values as the dimensions hold");
        }
        return allocate(type, shape);
    }

    /// The element type.
    public DataType type() {
        return type;
    }

    /// The dimensions.
    public Shape shape() {
        return shape;
    }

    /// The number of elements.
    public long size() {
        return shape.size();
    }

    /// The number of bytes of element data; 0 for strings.
    public long byteSize() {
        return type.bytes(shape.size());
    }

    /// The element memory, exactly [#byteSize] bytes, little-endian; [MemorySegment#NULL] for strings.
    public MemorySegment memory() {
        return memory;
    }

    /// The element memory as a little-endian byte buffer that shares it (`asFloatBuffer()` and its like follow).
    ///
    /// @throws UnsupportedOperationException if it is longer than 2 GB
    public ByteBuffer buffer() {
        return memory.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /// A view of the same memory with another shape of as many elements.
    public Tensor reshaped(Shape other) {
        if (other.size() != shape.size()) {
            throw new ShapeException("cannot view a tensor of shape " + shape + " as " + other + "; expected "
                    + shape.size() + " elements, found " + other.size());
        }
        return new Tensor(type, other, memory, strings);
    }

    /// A view of the same bytes with another element type of the same width.
    public Tensor cast(DataType other) {
        if (other.bits() != type.bits() || other == DataType.STRING) {
            throw new ShapeException("cannot view the bytes of " + type + " as " + other + "; expected " + type.bits()
                    + " bits per element, found " + other.bits());
        }
        return new Tensor(other, shape, memory, strings);
    }

    /// Element `index` as a double; exact but for 64-bit integers beyond 2^53.
    public double getDouble(long index) {
        return switch (type) {
            case FLOAT32 -> memory.getAtIndex(F32, index);
            case FLOAT64 -> memory.getAtIndex(F64, index);
            case FLOAT16 -> Float16.halfToFloat(memory.getAtIndex(I16, index));
            case BFLOAT16 -> Float16.bfloatToFloat(memory.getAtIndex(I16, index));
            case UINT64 -> unsignedToDouble(memory.getAtIndex(I64, index));
            default -> getLong(index);
        };
    }

    private static double unsignedToDouble(long bits) {
        // Halve, keeping the lost bit sticky, so that the conversion rounds once.
        return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
    }

    /// Element `index` as a long: integers exactly (uint64 as its 64 bits), floats toward zero, bool as 0 or 1.
    public long getLong(long index) {
        return switch (type) {
            case INT64, UINT64 -> memory.getAtIndex(I64, index);
            case INT32 -> memory.getAtIndex(I32, index);
            case UINT32 -> memory.getAtIndex(I32, index) & 0xFFFF_FFFFL;
            case INT16 -> memory.getAtIndex(I16, index);
            case UINT16 -> memory.getAtIndex(I16, index) & 0xFFFFL;
            case INT8 -> memory.getAtIndex(ValueLayout.JAVA_BYTE, index);
            case UINT8 -> memory.getAtIndex(ValueLayout.JAVA_BYTE, index) & 0xFFL;
            case BOOL -> memory.getAtIndex(ValueLayout.JAVA_BYTE, index) == 0 ? 0 : 1;
            case UINT4 -> nibble(index);
            case INT4 -> (long) nibble(index) << 60 >> 60;
            case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> (long) getDouble(index);
            case STRING -> throw notNumeric();
        };
    }

    private int nibble(long index) {
        checkNibble(index);
        int pair = memory.get(ValueLayout.JAVA_BYTE, index >> 1) & 0xFF;
        return (index & 1) == 0 ? pair & 0xF : pair >> 4;
    }

    private void checkNibble(long index) {
        Objects.checkIndex(index, shape.size());
    }

    /// Element `index` as a float, rounded to nearest where the type is wider.
    public float getFloat(long index) {
        return type == DataType.FLOAT32 ? memory.getAtIndex(F32, index) : (float) getDouble(index);
    }

    /// Whether element `index` is not zero.
    public boolean getBoolean(long index) {
        return type.isFloat() ? getDouble(index) != 0 : getLong(index) != 0;
    }

    /// Element `index` of a string tensor.
    public String getString(long index) {
        return strings[Math.toIntExact(index)];
    }

    /// Sets element `index` to the nearest value of a floating type; integer types take the value toward zero, low
    /// bits.
    public void setDouble(long index, double value) {
        switch (type) {
            case FLOAT32 -> memory.setAtIndex(F32, index, (float) value);
            case FLOAT64 -> memory.setAtIndex(F64, index, value);
            case FLOAT16 -> memory.setAtIndex(I16, index, Float16.doubleToHalf(value));
            case BFLOAT16 -> memory.setAtIndex(I16, index, Float16.doubleToBfloat(value));
            case BOOL -> setLong(index, value == 0 ? 0 : 1);
            default -> setLong(index, (long) value);
        }
    }

    /// Sets element `index`; integer types keep the low bits, bool takes any non-zero value as true.
    public void setLong(long index, long value) {
        switch (type) {
            case INT64, UINT64 -> memory.setAtIndex(I64, index, value);
            case INT32, UINT32 -> memory.setAtIndex(I32, index, (int) value);
            case INT16, UINT16 -> memory.setAtIndex(I16, index, (short) value);
            case INT8, UINT8 -> memory.setAtIndex(ValueLayout.JAVA_BYTE, index, (byte) value);
            case BOOL -> memory.setAtIndex(ValueLayout.JAVA_BYTE, index, (byte) (value == 0 ? 0 : 1));
            case INT4, UINT4 -> setNibble(index, (int) value & 0xF);
            case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> setDouble(index, (double) value);
            case STRING -> throw notNumeric();
        }
    }

    private void setNibble(long index, int value) {
        checkNibble(index);
        int pair = memory.get(ValueLayout.JAVA_BYTE, index >> 1);
        int merged = (index & 1) == 0 ? (pair & 0xF0) | value : (pair & 0x0F) | (value << 4);
        memory.set(ValueLayout.JAVA_BYTE, index >> 1, (byte) merged);
    }

    /// Sets element `index` of a string tensor.
    public void setString(long index, String value) {
        strings[Math.toIntExact(index)] = value;
    }

    /// Copies element `from` of `source`, which has the same type, to element `to`, bit for bit.
    public void copyElement(long to, Tensor source, long from) {
        switch (type.bits()) {
            case 0 -> strings[Math.toIntExact(to)] = source.strings[Math.toIntExact(from)];
            case 4 -> setNibble(to, source.nibble(from));
            case 8 -> memory.set(ValueLayout.JAVA_BYTE, to, source.memory.get(ValueLayout.JAVA_BYTE, from));
            case 16 -> memory.setAtIndex(I16, to, source.memory.getAtIndex(I16, from));
            case 32 -> memory.setAtIndex(I32, to, source.memory.getAtIndex(I32, from));
            default -> memory.setAtIndex(I64, to, source.memory.getAtIndex(I64, from));
        }
    }

    /// Copies `count` elements of `source`, which has the same type, from its element `from` on to element `to` and
    /// after, bit for bit.
    public void copyElements(long to, Tensor source, long from, long count) {
        if (type.bits() < 8) {
            for (long i = 0; i < count; i++) {
                copyElement(to + i, source, from + i);
            }
        } else {
            long bytes = type.elementBytes();
            MemorySegment.copy(source.memory, from * bytes, memory, to * bytes, count * bytes);
        }
    }

    /// Copies all elements of `source`, which has the same type and number of elements, bit for bit.
    public void copyFrom(Tensor source) {
        if (source.type != type || source.size() != size()) {
            throw new ShapeException("cannot copy a " + source + " into a " + this
                    + "; expected the same element type and number of elements");
        }
        if (type == DataType.STRING) {
            System.arraycopy(source.strings, 0, strings, 0, strings.length);
        } else {
            memory.copyFrom(source.memory);
        }
    }

    /// A copy of the elements as floats, in row-major order, converted from any numeric type.
    public float[] toFloatArray() {
        var values = new float[Math.toIntExact(size())];
        if (type == DataType.FLOAT32) {
            MemorySegment.ofArray(values).copyFrom(memory);
            return values;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = getFloat(i);
        }
        return values;
    }

    /// A copy of the elements as doubles, in row-major order, converted from any numeric type.
    public double[] toDoubleArray() {
        var values = new double[Math.toIntExact(size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = getDouble(i);
        }
        return values;
    }

    /// A copy of the elements as longs, in row-major order, converted as [#getLong] does.
    public long[] toLongArray() {
        var values = new long[Math.toIntExact(size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = getLong(i);
        }
        return values;
    }

    /// A copy of the elements of a string tensor, in row-major order.
    public String[] toStringArray() {
        return strings.clone();
    }

    /// Whether the other tensor has the same type, shape and bits.
    public boolean contentEquals(Tensor other) {
        return type == other.type
                && shape.equals(other.shape)
                && (type == DataType.STRING
                        ? Arrays.equals(strings, other.strings)
                        : memory.mismatch(other.memory) == -1);
    }

    private ShapeException notNumeric() {
        return new ShapeException("tensor " + this + ": expected numbers, found strings; read it with getString");
    }

    /// The element type and shape, such as `float32 1x3x224x224`.
    @Override
    public String toString() {
        return type + " " + shape;
    }
}
