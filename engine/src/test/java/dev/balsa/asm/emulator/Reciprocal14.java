package dev.balsa.asm.emulator;

/// VRCP14PS as Intel's processors do it, bit for bit: for each of 64 parts of a binade a line through the first 16 bits
/// of the fraction. The lines have been found by trying all of these on a processor, of Sapphire Rapids; that they are
/// right is shown wherever such a processor runs the tests.
final class Reciprocal14 {
    private static final int FRACTION_BITS = 16;
    private static final int PART_BITS = 10;
    private static final int ONE = 1 << FRACTION_BITS;

    /// Where each part's line begins, in halves.
    private static final int[] BEGINNINGS = {
        131065, 127030, 123122, 119328, 115643, 112071, 108595, 105222, 101938, 98748, 95640, 92618, 89676, 86811,
        84017, 81292, 78639, 76049, 73526, 71059, 68653, 66303, 64010, 61765, 59574, 57432, 55341, 53290, 51287, 49325,
        47406, 45527, 43690, 41887, 40124, 38392, 36698, 35037, 33408, 31811, 30248, 28709, 27201, 25723, 24273, 22845,
        21446, 20072, 18723, 17397, 16094, 14818, 13558, 12321, 11108, 9911, 8738, 7583, 6445, 5331, 4233, 3151, 2085,
        1035
    };

    private Reciprocal14() {}

    static float of(float x) {
        if (x == 0 || !Float.isFinite(x)) {
            return 1 / x;
        }
        int exponent = Math.getExponent((double) x);
        double fraction = Math.abs(Math.scalb((double) x, -exponent));
        double inverse = fraction == 1 ? 1 : (ONE + line((int) ((fraction - 1) * ONE))) / (2.0 * ONE);
        return (float) Math.copySign(Math.scalb(inverse, -exponent), x);
    }

    /// What the inverse is more than a half, in parts of 2^-17.
    private static int line(int fraction) {
        int part = fraction >> PART_BITS;
        double middle = 1 + (2 * part + 1) / 128.0;
        int slope = 2 * (int) (512 / (middle * middle)) + 1;
        return BEGINNINGS[part] * 256 - slope * (fraction & (1 << PART_BITS) - 1) >> 9;
    }
}
