package dev.balsa.asm.emulator;

import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.Rounding;
import dev.balsa.asm.emulator.Step.Action;
import java.util.Optional;

/// What AVX-512 does with floats beside arithmetic: it takes them apart into exponents, fractions and signs, and
/// scales and mends them. Of approximations the manual bounds the errors only, and processors differ: VRCP14PS is that
/// of Intel's ([Reciprocal14]), VRSQRT14PS as exact as a float can be.
final class FloatPartSteps {
    private static final int SCALE_AT = 4;
    private static final int SIGN = 0x8000_0000;
    private static final int FRACTION = 0x007F_FFFF;
    private static final int ONE = 0x3F80_0000;
    private static final int HALF = 0x3F00_0000;
    /// What a lane of VFIXUPIMMPS becomes, by response, from the fourth (Intel SDM, volume 2, *VFIXUPIMMPS*); the
    /// seventh is an infinity of the sign of the source.
    private static final float[] MENDED = {
        Float.NEGATIVE_INFINITY,
        Float.POSITIVE_INFINITY,
        Float.POSITIVE_INFINITY,
        -0f,
        0,
        -1,
        1,
        0.5f,
        90,
        (float) (Math.PI / 2),
        Float.MAX_VALUE,
        -Float.MAX_VALUE
    };

    private FloatPartSteps() {}

    static Optional<Action> of(Avx512Instruction instruction, VectorForm form) {
        int imm = form.immediate;
        return Optional.ofNullable(
                switch (instruction) {
                    case VRNDSCALEPS -> form.lanes(4, Kernels.floats(x -> (float) roundScaled(x, imm)));
                    case VRNDSCALEPD -> form.lanes(8, Kernels.doubles(x -> roundScaled(x, imm)));
                    case VRCP14PS -> form.lanes(4, Kernels.floats(Reciprocal14::of));
                    case VRSQRT14PS -> form.lanes(4, Kernels.floats(x -> (float) (1 / Math.sqrt(x))));
                    case VGETEXPPS -> form.lanes(4, Kernels.floats(x -> (float) exponent(x)));
                    case VGETEXPPD -> form.lanes(8, Kernels.doubles(FloatPartSteps::exponent));
                    case VGETMANTPS -> form.lanes(4, Kernels.floats(x -> fraction(x, imm & 3, imm >> 2)));
                    case VREDUCEPS -> form.lanes(4, Kernels.floats(x -> remainder(x, imm)));
                    case VSCALEFPS -> form.lanes(4, scaledFloats(form.rounding));
                    case VSCALEFPD -> form.lanes(8, scaledDoubles(form.rounding));
                    case VRANGEPS -> form.lanes(4, ranges(imm));
                    case VFIXUPIMMPS -> form.lanes(4, FloatPartSteps::mend);
                    default -> null;
                });
    }

    /// Rounded to so many bits behind the point.
    private static double roundScaled(double x, int how) {
        int scale = how >> SCALE_AT & 15;
        double scaled = Math.scalb(x, scale);
        return Double.isInfinite(scaled) ? x : Math.scalb(FloatSteps.round(scaled, how), -scale);
    }

    private static double exponent(double x) {
        if (x == 0) {
            return Double.NEGATIVE_INFINITY;
        }
        if (Double.isInfinite(x)) {
            return Double.POSITIVE_INFINITY;
        }
        int exponent = Math.getExponent(x);
        return exponent >= Double.MIN_EXPONENT
                ? exponent
                : Math.getExponent(Math.scalb(x, Double.PRECISION)) - Double.PRECISION;
    }

    /// The fraction, scaled into an interval (Intel SDM, volume 2, *VGETMANTPS*).
    private static float fraction(float x, int interval, int sign) {
        int bits = Float.floatToRawIntBits(x);
        boolean negative = bits < 0;
        if (negative && x != 0 && (sign & 2) != 0) {
            return Floats.defaultNaN();
        }
        int signBit = (sign & 1) != 0 ? 0 : bits & SIGN;
        if (x == 0 || Float.isInfinite(x)) {
            return Float.intBitsToFloat(signBit | ONE);
        }
        int exponent = (int) exponent(x);
        int fraction = Float.floatToRawIntBits((float) Math.scalb((double) x, -exponent)) & FRACTION;
        boolean halves = switch (interval) {
            case 0 -> false;
            case 1 -> (exponent & 1) != 0;
            case 2 -> true;
            default -> fraction > FRACTION / 2;
        };
        return Float.intBitsToFloat(signBit | (halves ? HALF : ONE) | fraction);
    }

    /// What rounding to so many bits behind the point takes away, rounded likewise.
    private static float remainder(float x, int how) {
        var rounding = switch ((how & FloatSteps.BY_CONTROL) != 0 ? 0 : how & 3) {
            case 0 -> Rounding.NEAREST;
            case 1 -> Rounding.DOWN;
            case 2 -> Rounding.UP;
            default -> Rounding.TO_ZERO;
        };
        return Float.isInfinite(x) ? 0 : Arithmetic.SUBTRACT.apply(x, (float) roundScaled(x, how), rounding);
    }

    private static Kernel scaledFloats(Rounding rounding) {
        return (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / Float.BYTES; i++) {
                float a = Lane.getFloat(first, i);
                float b = Lane.getFloat(last, i);
                boolean quiet = (Float.floatToRawIntBits(a) & Floats.QUIET) != 0;
                // Powers that let no float between zero and infinity, and any float be a double.
                int power = (int) Math.clamp(Math.floor(b), -600, 600);
                float value = isSpecial(a, b)
                        ? (float) special(a, b, quiet)
                        : Directed.narrowed(Math.scalb((double) a, power), rounding);
                float scaled = Float.isNaN(value) ? Floats.ofNaN(a, b) : value;
                Lane.setInt(result, i, Float.floatToRawIntBits(scaled));
            }
        };
    }

    private static Kernel scaledDoubles(Rounding rounding) {
        return (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / Double.BYTES; i++) {
                double a = Lane.getDouble(first, i);
                double b = Lane.getDouble(last, i);
                boolean quiet = (Double.doubleToRawLongBits(a) & Floats.QUIET_DOUBLE) != 0;
                int power = (int) Math.clamp(Math.floor(b), -3000, 3000);
                double value = isSpecial(a, b) ? special(a, b, quiet) : Directed.scaled(a, power, rounding);
                Lane.setLong(result, i, Double.doubleToRawLongBits(Double.isNaN(value) ? Floats.ofNaN(a, b) : value));
            }
        };
    }

    private static boolean isSpecial(double a, double b) {
        return Double.isNaN(a) || !Double.isFinite(b);
    }

    /// a 2^b where one of them is no number or b is infinite; NaN where an operand decides which.
    private static double special(double a, double b, boolean quiet) {
        if (!Double.isInfinite(b)) {
            return Double.NaN;
        }
        if (Double.isNaN(a)) {
            return !quiet ? Double.NaN : b > 0 ? b : 0;
        }
        return a * (b > 0 ? b : 0);
    }

    /// The lesser or greater of two, by value or magnitude, with a sign by choice (Intel SDM, volume 2, *VRANGEPS*).
    private static Kernel ranges(int how) {
        return (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / Float.BYTES; i++) {
                Lane.setInt(result, i, range(Lane.getInt(first, i), Lane.getInt(last, i), how & 3, how >> 2 & 3));
            }
        };
    }

    private static int range(int first, int last, int operation, int sign) {
        float a = Float.intBitsToFloat(first);
        float b = Float.intBitsToFloat(last);
        if (isSignalling(a) || isSignalling(b)) {
            return (isSignalling(a) ? first : last) | Floats.QUIET;
        }
        int order = operation < 2 ? Float.compare(a, b) : Float.compare(Math.abs(a), Math.abs(b));
        order = order == 0 ? Float.compare(a, b) : order;
        boolean takesFirst = Float.isNaN(b) || !Float.isNaN(a) && ((operation & 1) == 0 ? order <= 0 : order >= 0);
        int taken = takesFirst ? first : last;
        return switch (sign) {
            case 0 -> taken & ~SIGN | first & SIGN;
            case 1 -> taken;
            case 2 -> taken & ~SIGN;
            default -> taken | SIGN;
        };
    }

    private static boolean isSignalling(float x) {
        return Float.isNaN(x) && (Float.floatToRawIntBits(x) & Floats.QUIET) == 0;
    }

    /// Each class of numbers becomes what four bits of a table say.
    private static void mend(byte[] result, byte[] target, byte[] first, byte[] last, int bytes) {
        for (int i = 0; i < bytes / Float.BYTES; i++) {
            float x = Lane.getFloat(first, i);
            int response = Lane.getInt(last, i) >> 4 * kind(x) & 15;
            int bits = switch (response) {
                case 0 -> Lane.getInt(target, i);
                case 1 -> Lane.getInt(first, i);
                case 2 -> Lane.getInt(first, i) | Floats.QUIET | Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
                case 3 -> Float.floatToRawIntBits(Floats.defaultNaN());
                default -> Float.floatToRawIntBits(MENDED[response - 4]);
            };
            Lane.setInt(result, i, response == 6 ? bits | Lane.getInt(first, i) & SIGN : bits);
        }
    }

    private static int kind(float x) {
        if (Float.isNaN(x)) {
            return isSignalling(x) ? 1 : 0;
        }
        if (x == 0 || x == 1) {
            return x == 0 ? 2 : 3;
        }
        return Float.isInfinite(x) ? x < 0 ? 4 : 5 : x < 0 ? 6 : 7;
    }
}
