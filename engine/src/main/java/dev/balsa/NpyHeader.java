package dev.balsa;

import dev.balsa.error.ModelFormatException;
import dev.balsa.error.UnsupportedException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What the header of an npy file says (NumPy's `numpy.lib.format`, versions 1.0 to 3.0).
///
/// @param type the element type
/// @param bigEndian whether elements have their most significant byte first
/// @param characters for strings, how many four-byte characters each element has; 0 otherwise
/// @param fortranOrder whether the first dimension is the contiguous one
record NpyHeader(DataType type, boolean bigEndian, int characters, boolean fortranOrder, Shape shape) {
    static final String MAGIC = "\u0093NUMPY";

    private static final Pattern DESCRIPTION = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([A-Za-z])(\\d+)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern DIMS = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, ]*)\\)");

    private static final Map<String, DataType> TYPES = Map.ofEntries(
            Map.entry("f2", DataType.FLOAT16),
            Map.entry("f4", DataType.FLOAT32),
            Map.entry("f8", DataType.FLOAT64),
            Map.entry("i1", DataType.INT8),
            Map.entry("i2", DataType.INT16),
            Map.entry("i4", DataType.INT32),
            Map.entry("i8", DataType.INT64),
            Map.entry("u1", DataType.UINT8),
            Map.entry("u2", DataType.UINT16),
            Map.entry("u4", DataType.UINT32),
            Map.entry("u8", DataType.UINT64),
            Map.entry("b1", DataType.BOOL));

    /// The header for a tensor in the order and byte order that Balsa has.
    static NpyHeader of(DataType type, int characters, Shape shape) {
        return new NpyHeader(type, false, characters, false, shape);
    }

    /// Reads the dictionary that the file begins with.
    static NpyHeader parse(String text) {
        var description = DESCRIPTION.matcher(text);
        var order = ORDER.matcher(text);
        var dims = DIMS.matcher(text);
        if (!description.find() || !order.find() || !dims.find()) {
            throw new ModelFormatException(
                    "header of npy file: expected 'descr', 'fortran_order' and 'shape' of one array," + " found \""
                            + text.strip() + "\"; arrays of records and objects cannot be read");
        }
        var code = description.group(2) + description.group(3);
        boolean strings = description.group(2).equals("U");
        var type = strings ? Optional.of(DataType.STRING) : Optional.ofNullable(TYPES.get(code));
        return new NpyHeader(
                type.orElseThrow(() -> new UnsupportedException("element type '" + code
                        + "' of npy file is not supported; expected one of "
                        + TYPES.keySet().stream().sorted().toList()
                        + " or U; convert the array with astype")),
                description.group(1).equals(">"),
                strings ? characters(description.group(3)) : 0,
                order.group(1).equals("True"),
                Shape.of(dims(dims.group(1))));
    }

    private static List<Long> dims(String text) {
        var list = new ArrayList<Long>();
        for (var part : text.split(",", -1)) {
            if (!part.isBlank()) {
                list.add(number(part.strip()));
            }
        }
        return list;
    }

    private static int characters(String digits) {
        long count = number(digits);
        if (count > Integer.MAX_VALUE / 4) {
            throw new ModelFormatException("header of npy file: expected strings of at most " + Integer.MAX_VALUE / 4
                    + " characters, found " + count);
        }
        return (int) count;
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new ModelFormatException("header of npy file: expected a length, found " + digits, e);
        }
    }

    /// The bytes of element data that must follow.
    ///
    /// @throws ArithmeticException if they do not fit 63 bits
    long dataBytes() {
        return type == DataType.STRING ? Math.multiplyExact(shape.size(), 4L * characters) : type.bytes(shape.size());
    }

    /// The header as bytes, magic included, padded to a multiple of 64 (version 1.0).
    byte[] encode() {
        var code = type == DataType.STRING
                ? "<U" + characters
                : TYPES.entrySet().stream()
                        .filter(entry -> entry.getValue() == type)
                        .map(entry -> (type.bits() == 8 ? "|" : "<") + entry.getKey())
                        .findFirst()
                        .orElseThrow();
        var dims = shape.toList().stream().map(Object::toString).collect(Collectors.joining(", "));
        var text = "{'descr': '" + code + "', 'fortran_order': False, 'shape': (" + dims
                + (shape.rank() == 1 ? ",), }" : "), }");
        int before = MAGIC.length() + 4;
        int padded = (before + text.length() + 1 + 63) / 64 * 64 - before;
        var body = text + " ".repeat(padded - text.length() - 1) + "\n";
        var all = MAGIC + (char) 1 + (char) 0 + (char) (padded & 0xFF) + (char) (padded >> 8) + body;
        return all.getBytes(StandardCharsets.ISO_8859_1);
    }
}
