package dev.balsa.asm.emulator;

/// Results of float arithmetic that Java leaves open: which NaN comes out (Intel SDM, volume 1, *Rules for Handling
/// NaNs*).
final class Floats {
    static final int QUIET = 0x0040_0000;
    private static final int DEFAULT = 0xFFC0_0000;
    static final long QUIET_DOUBLE = 0x0008_0000_0000_0000L;
    private static final long DEFAULT_DOUBLE = 0xFFF8_0000_0000_0000L;

    private Floats() {}

    /// The result of an operation on these, if it is NaN: the first NaN among them, made quiet, or the default one.
    static float ofNaN(float... operands) {
        for (float operand : operands) {
            if (Float.isNaN(operand)) {
                return Float.intBitsToFloat(Float.floatToRawIntBits(operand) | QUIET);
            }
        }
        return defaultNaN();
    }

    /// The default one.
    static float defaultNaN() {
        return Float.intBitsToFloat(DEFAULT);
    }

    /// As [#ofNaN(float...)].
    static double ofNaN(double... operands) {
        for (double operand : operands) {
            if (Double.isNaN(operand)) {
                return Double.longBitsToDouble(Double.doubleToRawLongBits(operand) | QUIET_DOUBLE);
            }
        }
        return Double.longBitsToDouble(DEFAULT_DOUBLE);
    }
}
