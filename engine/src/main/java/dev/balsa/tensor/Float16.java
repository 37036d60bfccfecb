package dev.balsa.tensor;

/// The 16-bit floating-point formats in terms of Java's `float` and `double`.
///
/// IEEE 754 binary16 goes through the JDK's own conversions; bfloat16 is the upper half of binary32. Conversions to 16
/// bits round to nearest, ties to even, and keep NaN a NaN.
public final class Float16 {
    private Float16() {}

    /// The value of IEEE binary16 bits; exact.
    public static float halfToFloat(short bits) {
        return Float.float16ToFloat(bits);
    }

    /// The nearest IEEE binary16 to a double, rounded once.
    public static short doubleToHalf(double value) {
        return Float.floatToFloat16(roundToOdd(value));
    }

    /// The value of bfloat16 bits; exact.
    public static float bfloatToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /// The nearest bfloat16 to a float.
    public static short floatToBfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    /// The nearest bfloat16 to a double, rounded once.
    public static short doubleToBfloat(double value) {
        return floatToBfloat(roundToOdd(value));
    }

    /// The float next to `value` whose last bit is odd when inexact: rounding that to fewer bits gives the same
    /// result as rounding the double itself, which rounding twice to nearest does not.
    private static float roundToOdd(double value) {
        float nearest = (float) value;
        if (nearest == value || Float.isNaN(nearest) || (Float.floatToRawIntBits(nearest) & 1) == 1) {
            return nearest;
        }
        if (Float.isInfinite(nearest)) {
            return nearest;
        }
        return nearest < value ? Math.nextUp(nearest) : Math.nextDown(nearest);
    }
}
