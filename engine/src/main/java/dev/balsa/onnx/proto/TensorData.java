package dev.balsa.onnx.proto;

import dev.balsa.onnx.wire.PackedScalars;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// The elements of tensors as packed little-endian bytes, wherever the file keeps them.
///
/// Raw, external, `float_data` and `double_data` elements are returned where they lie, read-only and perhaps
/// unaligned; those in the other fields are converted into memory of the arena. The number of elements and the
/// number of bytes must agree. 4-bit elements are packed two to a byte, the first in the low half, 2-bit ones
/// four; the last byte may have unused bits. Booleans are one byte each. For one thread at a time.
public final class TensorData {
    private static final ValueLayout.OfShort INT16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong INT64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BOOL = 9;
    private static final long ALIGNMENT = 64;

    private final ExternalData external;
    private final Arena arena;

    /// Reads tensors of one model or tensor file.
    ///
    /// @param external resolves files beside it
    /// @param arena the caller's; holds converted elements
    public TensorData(ExternalData external, Arena arena) {
        this.external = external;
        this.arena = arena;
    }

    /// Whether no tensor's elements were in a file beside the model yet.
    public boolean isSelfContained() {
        return external.isUnused();
    }

    /// The elements of a tensor of any type but string.
    ///
    /// @throws dev.balsa.error.ModelFormatException if the data contradict type or shape, or are missing
    /// @throws dev.balsa.error.ResourceException if an external file is missing or unreadable
    public MemorySegment bytes(TensorProto tensor) {
        long count = tensor.elementCount();
        long size = ElementBits.bytes(tensor.dataType(), count, tensor.place());
        if (tensor.external()) {
            requireNone(
                    tensor, tensor.rawData().byteSize() == 0 && tensor.typed().isEmpty());
            return external.bytes(tensor, size);
        }
        if (tensor.rawData().byteSize() > 0) {
            requireNone(tensor, tensor.typed().isEmpty());
            return sized(tensor, tensor.rawData(), size, "raw_data");
        }
        return typed(tensor, size);
    }

    /// The elements of a string tensor, as UTF-8 bytes in the file.
    ///
    /// @throws dev.balsa.error.ModelFormatException if the number of strings contradicts the shape, or the type is
    ///     another one
    public List<MemorySegment> strings(TensorProto tensor) {
        if (tensor.dataType() != ElementBits.STRING) {
            throw tensor.fault("is no string tensor", "element type " + ElementBits.STRING, tensor.dataType());
        }
        if (tensor.external() || tensor.rawData().byteSize() > 0) {
            throw tensor.fault("strings are in the wrong place", "string_data", "raw or external data");
        }
        var strings = tensor.typed().strings();
        if (strings.size() != tensor.elementCount()) {
            throw tensor.fault("wrong number of strings", tensor.elementCount(), strings.size());
        }
        return strings;
    }

    private MemorySegment typed(TensorProto tensor, long size) {
        var typed = tensor.typed();
        if (size > 0 && typed.isEmpty()) {
            throw tensor.fault("has no elements; a model without its weights must be filled first", size + " bytes", 0);
        }
        return switch (tensor.dataType()) {
            case 1, 14 -> sized(tensor, typed.floats().bytes(), size, "float_data");
            case 11, 15 -> sized(tensor, typed.doubles().bytes(), size, "double_data");
            case 7 -> convert(tensor, typed.int64s(), size, 8, "int64_data");
            case 12 -> convert(tensor, typed.uint64s(), size, 4, "uint64_data");
            case 13 -> convert(tensor, typed.uint64s(), size, 8, "uint64_data");
            case 6 -> convert(tensor, typed.int32s(), size, 4, "int32_data");
            case 4, 5, 10, 16 -> convert(tensor, typed.int32s(), size, 2, "int32_data");
            default -> convert(tensor, typed.int32s(), size, 1, "int32_data");
        };
    }

    private static MemorySegment sized(TensorProto tensor, MemorySegment found, long size, String field) {
        if (found.byteSize() != size) {
            throw tensor.fault(
                    field + " has the wrong size",
                    size + " bytes for shape " + tensor.dims() + " of element type " + tensor.dataType(),
                    found.byteSize());
        }
        return found;
    }

    /// One value per `width` bytes of the result: an element, or a byte of packed 4-bit or 2-bit elements.
    private MemorySegment convert(TensorProto tensor, PackedScalars values, long size, int width, String field) {
        long found = values.varintCount();
        if (found != size / width) {
            throw tensor.fault(
                    field + " has the wrong number of entries",
                    size / width + " for shape " + tensor.dims() + " of element type " + tensor.dataType(),
                    found);
        }
        var store = new Store(tensor, arena.allocate(size, ALIGNMENT), width);
        values.forEachVarint(tensor.place() + " " + field, store::put);
        return store.target.asReadOnly();
    }

    private static void requireNone(TensorProto tensor, boolean none) {
        if (!none) {
            throw tensor.fault("has its elements in two places", "one of them", "both");
        }
    }

    /// Narrows values and stores them one after the other.
    private static final class Store {
        private final TensorProto tensor;
        private final MemorySegment target;
        private final int width;
        private long at;

        Store(TensorProto tensor, MemorySegment target, int width) {
            this.tensor = tensor;
            this.target = target;
            this.width = width;
        }

        void put(long value) {
            check(value);
            switch (width) {
                case 1 -> target.set(ValueLayout.JAVA_BYTE, at, narrow(value));
                case 2 -> target.set(INT16, at, (short) value);
                case 4 -> target.set(INT32, at, (int) value);
                default -> target.set(INT64, at, value);
            }
            at += width;
        }

        private byte narrow(long value) {
            return tensor.dataType() == BOOL ? (byte) (value == 0 ? 0 : 1) : (byte) value;
        }

        /// Signed and unsigned writings of the same bits are both taken: writers differ.
        private void check(long value) {
            int bits = width * 8;
            if (bits < Long.SIZE && (value < -(1L << bits - 1) || value >= 1L << bits)) {
                throw tensor.fault("value does not fit", bits + " bits", value);
            }
        }
    }
}
