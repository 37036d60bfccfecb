package dev.balsa.ir.elementwise;

import dev.balsa.error.ShapeException;
import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Shape;
import dev.balsa.tensor.Tensor;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/// Numbers as text and back, as ONNX Cast words it.
///
/// A float becomes the shortest plain decimal number that reads back as that float, with a decimal point ("314.15926",
/// "2.0"), or "NaN", "INF" or "-INF"; an integer its digits; a bool "True" or "False". Text may be plain or scientific
/// ("1e-5"), with the names of the special values in any case.
final class NumberText {
    /// More digits than any value of the element types has; longer exponents are infinite or zero.
    private static final int MOST_EXPONENT = 100_000;

    private NumberText() {}

    /// The text of element `index`.
    static String of(Tensor numbers, long index) {
        return switch (numbers.type()) {
            case FLOAT64 -> plain(numbers.getDouble(index), Double.toString(numbers.getDouble(index)));
            case FLOAT32 -> plain(numbers.getDouble(index), Float.toString(numbers.getFloat(index)));
            case FLOAT16, BFLOAT16 ->
                plain(numbers.getDouble(index), shortest(numbers.getDouble(index), numbers.type()));
            case UINT64 -> Long.toUnsignedString(numbers.getLong(index));
            case BOOL -> numbers.getBoolean(index) ? "True" : "False";
            case STRING -> numbers.getString(index);
            default -> Long.toString(numbers.getLong(index));
        };
    }

    private static String plain(double value, String digits) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "INF" : "-INF";
        }
        if (value == 0) {
            return digits;
        }
        var text = new BigDecimal(digits).stripTrailingZeros().toPlainString();
        return text.contains(".") ? text : text + ".0";
    }

    /// The fewest digits that a 16-bit float is the nearest one to.
    private static String shortest(double value, DataType type) {
        if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.toString(value);
        }
        var probe = Tensor.allocate(type, Shape.scalar());
        var exact = new BigDecimal(value);
        var text = exact;
        for (int digits = 1; digits <= exact.precision(); digits++) {
            text = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            probe.setDouble(0, text.doubleValue());
            if (probe.getDouble(0) == value) {
                break;
            }
        }
        return text.toString();
    }

    /// Sets element `index` to the number that the text stands for.
    ///
    /// @throws ShapeException if it stands for none, or for none of the element type
    static void parse(String text, Tensor numbers, long index) {
        var word = text.strip().toUpperCase(Locale.ROOT);
        try {
            if (numbers.type().isFloat()) {
                numbers.setDouble(index, special(word));
            } else if (numbers.type() == DataType.BOOL && (word.equals("TRUE") || word.equals("FALSE"))) {
                numbers.setLong(index, word.equals("TRUE") ? 1 : 0);
            } else {
                numbers.setLong(index, integer(word));
            }
        } catch (NumberFormatException e) {
            throw new ShapeException(
                    "cannot cast the text \"" + abridged(text) + "\" to " + numbers.type()
                            + "; expected a number; check the model's inputs",
                    e);
        }
    }

    private static double special(String word) {
        return switch (word) {
            case "NAN", "+NAN", "-NAN" -> Double.NaN;
            case "INF", "+INF", "INFINITY", "+INFINITY" -> Double.POSITIVE_INFINITY;
            case "-INF", "-INFINITY" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(word);
        };
    }

    private static long integer(String word) {
        var number = new BigDecimal(word);
        // Writing out a number of a billion digits would take all memory.
        if (Math.abs((long) number.precision() - number.scale()) > MOST_EXPONENT) {
            throw new NumberFormatException("too large an exponent");
        }
        return number.toBigInteger().longValue();
    }

    private static String abridged(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
