package dev.balsa.tensor;

import java.util.List;
import java.util.Locale;

/// The element types of tensors, as ONNX defines them (IR specification, *Tensor Element Types*).
///
/// Elements are stored little-endian and packed. [#INT4] and [#UINT4] hold two elements per byte, the first in the low
/// nibble; a tensor of an odd number of them leaves the last high nibble unused. [#BOOL] is one byte, 0 or 1.
/// [#STRING] elements live on the Java heap.
public enum DataType {
    FLOAT32("f32", Kind.FLOAT, 32),
    FLOAT64("f64", Kind.FLOAT, 64),
    FLOAT16("f16", Kind.FLOAT, 16),
    BFLOAT16("bf16", Kind.FLOAT, 16),
    INT8("i8", Kind.SIGNED, 8),
    INT16("i16", Kind.SIGNED, 16),
    INT32("i32", Kind.SIGNED, 32),
    INT64("i64", Kind.SIGNED, 64),
    UINT8("u8", Kind.UNSIGNED, 8),
    UINT16("u16", Kind.UNSIGNED, 16),
    UINT32("u32", Kind.UNSIGNED, 32),
    UINT64("u64", Kind.UNSIGNED, 64),
    INT4("i4", Kind.SIGNED, 4),
    UINT4("u4", Kind.UNSIGNED, 4),
    BOOL("bool", Kind.BOOL, 8),
    STRING("string", Kind.STRING, 0);

    private enum Kind {
        FLOAT,
        SIGNED,
        UNSIGNED,
        BOOL,
        STRING
    }

    private static final List<DataType> ALL = List.of(values());

    private final String code;
    private final Kind kind;
    private final int bits;

    DataType(String code, Kind kind, int bits) {
        this.code = code;
        this.kind = kind;
        this.bits = bits;
    }

    /// Every element type, in declaration order.
    public static List<DataType> all() {
        return ALL;
    }

    /// The type with the given [#code].
    ///
    /// @throws IllegalArgumentException if there is none
    public static DataType ofCode(String code) {
        for (var type : ALL) {
            if (type.code.equals(code)) {
                return type;
            }
        }
        throw new IllegalArgumentException("unknown element type \"" + code + "\"");
    }

    /// The short name used in printed graphs, such as `f32`.
    public String code() {
        return code;
    }

    /// Bits per element; 0 for strings.
    public int bits() {
        return bits;
    }

    /// Bytes that `elements` packed elements take (rounded up for 4-bit types); 0 for strings.
    ///
    /// @throws ArithmeticException if the number of bytes does not fit 63 bits
    public long bytes(long elements) {
        return bits == 4 ? elements / 2 + elements % 2 : Math.multiplyExact(elements, bits / 8);
    }

    /// Bytes per element.
    ///
    /// @throws IllegalStateException for 4-bit types and strings, which have no whole number of bytes
    public int elementBytes() {
        if (bits < 8) {
            throw new IllegalStateException(this + " elements do not take whole bytes");
        }
        return bits / 8;
    }

    /// Whether this is a binary floating-point type.
    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    /// Whether this is an integer type, signed or not (not [#BOOL]).
    public boolean isInteger() {
        return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
    }

    /// Whether this is an unsigned integer type.
    public boolean isUnsigned() {
        return kind == Kind.UNSIGNED;
    }

    /// Whether elements are numbers (not [#BOOL], not [#STRING]).
    public boolean isNumeric() {
        return isFloat() || isInteger();
    }

    /// The least value of an integer type.
    ///
    /// @throws IllegalStateException if this is no integer type
    public long minValue() {
        requireInteger();
        return isUnsigned() ? 0 : -1L << (bits - 1);
    }

    /// The greatest value of an integer type; for [#UINT64] the bits of 2^64 - 1, which is -1 as a signed number.
    ///
    /// @throws IllegalStateException if this is no integer type
    public long maxValue() {
        requireInteger();
        return isUnsigned() ? -1L >>> (64 - bits) : ~(-1L << (bits - 1));
    }

    private void requireInteger() {
        if (!isInteger()) {
            throw new IllegalStateException(this + " is no integer type");
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
