package dev.balsa.ir.text;

import dev.balsa.error.ResourceException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// The elements of constants as text.
final class TensorText {
    /// Base64 of more bytes does not fit a string.
    private static final long MOST_BYTES = 1L << 30;

    private TensorText() {}

    /// The elements in full, as literals or in base64.
    static String of(Tensor tensor) {
        if (tensor.type() == DataType.STRING || tensor.size() <= GraphText.MOST_LITERALS && isExact(tensor)) {
            return "<" + String.join(", ", literals(tensor)) + ">";
        }
        if (tensor.byteSize() > MOST_BYTES) {
            throw new ResourceException("constant " + tensor + ": too long for text; expected at most " + MOST_BYTES
                    + " bytes, found " + tensor.byteSize() + "; print the graph briefly");
        }
        var bytes = tensor.memory().toArray(ValueLayout.JAVA_BYTE);
        return "base64 <" + Base64.getEncoder().encodeToString(bytes) + ">";
    }

    /// The elements, or `...` if there are many.
    static String brief(Tensor tensor) {
        return tensor.size() <= GraphText.MOST_LITERALS ? of(tensor) : "...";
    }

    /// Whether literals give the same bits. They do not where there are bits without meaning: bytes above 1 of type
    /// bool, or the last nibble of an odd number of them.
    private static boolean isExact(Tensor tensor) {
        return fromLiterals(tensor.type(), tensor.shape(), literals(tensor)).contentEquals(tensor);
    }

    private static List<String> literals(Tensor tensor) {
        var literals = new ArrayList<String>();
        for (long i = 0; i < tensor.size(); i++) {
            literals.add(literal(tensor, i));
        }
        return literals;
    }

    private static String literal(Tensor tensor, long index) {
        return switch (tensor.type()) {
            case STRING -> Literals.quoted(tensor.getString(index));
            case BOOL -> Boolean.toString(tensor.getBoolean(index));
            case FLOAT64 -> Literals.of(tensor.getDouble(index));
            case FLOAT32 -> Literals.of(tensor.getFloat(index));
            case FLOAT16, BFLOAT16 ->
                Double.isNaN(tensor.getDouble(index))
                        ? "0x" + Long.toHexString(tensor.cast(DataType.UINT16).getLong(index))
                        : Literals.of(tensor.getFloat(index));
            case UINT64 -> Long.toUnsignedString(tensor.getLong(index));
            default -> Long.toString(tensor.getLong(index));
        };
    }

    /// A tensor of these literals, of which there are as many as elements; strings are without quotes.
    ///
    /// @throws NumberFormatException if a literal does not fit the type
    static Tensor fromLiterals(DataType type, Shape shape, List<String> literals) {
        var tensor = Tensor.allocate(type, shape);
        for (int i = 0; i < literals.size(); i++) {
            set(tensor, i, literals.get(i));
        }
        return tensor;
    }

    private static void set(Tensor tensor, long index, String literal) {
        switch (tensor.type()) {
            case STRING -> tensor.setString(index, literal);
            case BOOL -> tensor.setLong(index, bool(literal));
            case FLOAT64 ->
                tensor.cast(DataType.INT64).setLong(index, Double.doubleToRawLongBits(Literals.parseDouble(literal)));
            case FLOAT32 ->
                tensor.cast(DataType.INT32).setLong(index, Float.floatToRawIntBits(Literals.parseFloat(literal)));
            case FLOAT16, BFLOAT16 -> {
                if (literal.startsWith("0x")) {
                    tensor.cast(DataType.UINT16).setLong(index, Long.parseLong(literal.substring(2), 16));
                } else {
                    tensor.setDouble(index, Literals.parseDouble(literal));
                }
            }
            case UINT64 -> tensor.setLong(index, Long.parseUnsignedLong(literal));
            default -> tensor.setLong(index, integer(tensor.type(), literal));
        }
    }

    private static long bool(String literal) {
        return switch (literal) {
            case "true" -> 1;
            case "false" -> 0;
            default -> throw new NumberFormatException("expected true or false, found " + literal);
        };
    }

    private static long integer(DataType type, String literal) {
        long value = Long.parseLong(literal);
        if (value < type.minValue() || value > type.maxValue()) {
            throw new NumberFormatException("expected a value of type " + type + ", found " + literal);
        }
        return value;
    }

    /// A tensor of these bytes in base64.
    ///
    /// @throws IllegalArgumentException if it is no base64, or not as many bytes as the tensor has
    static Tensor fromBase64(DataType type, Shape shape, String base64) {
        var bytes = Base64.getDecoder().decode(base64);
        if (type == DataType.STRING || bytes.length != type.bytes(shape.size())) {
            throw new IllegalArgumentException(
                    "expected " + type.bytes(shape.size()) + " bytes, found " + bytes.length);
        }
        var tensor = Tensor.allocate(type, shape);
        tensor.memory().copyFrom(MemorySegment.ofArray(bytes));
        return tensor;
    }
}
