package dev.balsa.onnx;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.tensor.DataType;
import java.util.List;
import java.util.Optional;

/// The numbers that ONNX files use for element types (onnx.proto, TensorProto.DataType).
public final class ElementTypes {
    /// A number of the file format with its name there and, where Balsa has it, the type.
    private record Entry(int number, String name, Optional<DataType> type) {}

    private static final List<Entry> TABLE = List.of(
            entry(1, "FLOAT", DataType.FLOAT32),
            entry(2, "UINT8", DataType.UINT8),
            entry(3, "INT8", DataType.INT8),
            entry(4, "UINT16", DataType.UINT16),
            entry(5, "INT16", DataType.INT16),
            entry(6, "INT32", DataType.INT32),
            entry(7, "INT64", DataType.INT64),
            entry(8, "STRING", DataType.STRING),
            entry(9, "BOOL", DataType.BOOL),
            entry(10, "FLOAT16", DataType.FLOAT16),
            entry(11, "DOUBLE", DataType.FLOAT64),
            entry(12, "UINT32", DataType.UINT32),
            entry(13, "UINT64", DataType.UINT64),
            missing(14, "COMPLEX64"),
            missing(15, "COMPLEX128"),
            entry(16, "BFLOAT16", DataType.BFLOAT16),
            missing(17, "FLOAT8E4M3FN"),
            missing(18, "FLOAT8E4M3FNUZ"),
            missing(19, "FLOAT8E5M2"),
            missing(20, "FLOAT8E5M2FNUZ"),
            entry(21, "UINT4", DataType.UINT4),
            entry(22, "INT4", DataType.INT4),
            missing(23, "FLOAT4E2M1"),
            missing(24, "FLOAT8E8M0"),
            missing(25, "UINT2"),
            missing(26, "INT2"));

    private ElementTypes() {}

    private static Entry entry(int number, String name, DataType type) {
        return new Entry(number, name, Optional.of(type));
    }

    private static Entry missing(int number, String name) {
        return new Entry(number, name, Optional.empty());
    }

    /// The element type with the given number.
    ///
    /// @throws UnsupportedException if Balsa does not have that type
    /// @throws ModelFormatException if the format does not have that number
    public static DataType of(long number) {
        for (var entry : TABLE) {
            if (entry.number == number) {
                return entry.type.orElseThrow(() -> new UnsupportedException(
                        "element type " + entry.name + " (" + number + ") is not supported; supported are "
                                + DataType.all() + "; convert the model to one of these"));
            }
        }
        throw new ModelFormatException("element type " + number + " does not exist; expected 1 to " + TABLE.size()
                + "; the file is damaged, or newer than this version");
    }

    /// The number of an element type.
    public static int number(DataType type) {
        return TABLE.stream()
                .filter(entry -> entry.type.filter(type::equals).isPresent())
                .findFirst()
                .orElseThrow()
                .number;
    }
}
