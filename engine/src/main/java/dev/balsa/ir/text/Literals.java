package dev.balsa.ir.text;

/// Numbers and strings as both the printer and the parser write them.
final class Literals {
    private Literals() {}

    /// A float that reads back to the same bits.
    static String of(float value) {
        if (Float.isNaN(value)) {
            return "0x" + Integer.toHexString(Float.floatToRawIntBits(value));
        }
        return Float.isInfinite(value) ? infinite(value > 0) : Float.toString(value);
    }

    /// A double that reads back to the same bits.
    static String of(double value) {
        if (Double.isNaN(value)) {
            return "0x" + Long.toHexString(Double.doubleToRawLongBits(value));
        }
        return Double.isInfinite(value) ? infinite(value > 0) : Double.toString(value);
    }

    private static String infinite(boolean isPositive) {
        return isPositive ? "inf" : "-inf";
    }

    /// @throws NumberFormatException if the text is no number
    static float parseFloat(String text) {
        return switch (text) {
            case "inf" -> Float.POSITIVE_INFINITY;
            case "-inf" -> Float.NEGATIVE_INFINITY;
            default ->
                text.startsWith("0x")
                        ? Float.intBitsToFloat(Integer.parseUnsignedInt(text.substring(2), 16))
                        : Float.parseFloat(text);
        };
    }

    /// @throws NumberFormatException if the text is no number
    static double parseDouble(String text) {
        return switch (text) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default ->
                text.startsWith("0x")
                        ? Double.longBitsToDouble(Long.parseUnsignedLong(text.substring(2), 16))
                        : Double.parseDouble(text);
        };
    }

    /// The text in quotes, with escapes as in Java for what an editor would not keep or show.
    static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                case '\r' -> quoted.append("\\r");
                default -> {
                    if (Character.isISOControl(c) || Character.isSurrogate(c)) {
                        quoted.append("\\u%04x".formatted((int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
