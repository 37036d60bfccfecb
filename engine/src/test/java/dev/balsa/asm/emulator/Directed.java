package dev.balsa.asm.emulator;

import dev.balsa.asm.Rounding;
import java.math.BigDecimal;

/// Rounding other than to nearest: the nearest result is moved to its neighbour where the exact one lies on that
/// side.
final class Directed {
    private Directed() {}

    static boolean isNearest(Rounding rounding) {
        return switch (rounding) {
            case DEFAULT, NEAREST, SUPPRESS -> true;
            case DOWN, UP, TO_ZERO -> false;
        };
    }

    /// x y + z
    static float fma(float nearest, float x, float y, float z, Rounding rounding) {
        if (!Float.isFinite(x) || !Float.isFinite(y) || !Float.isFinite(z)) {
            return nearest;
        }
        int side = side(nearest, exact(x).multiply(exact(y)).add(exact(z)));
        if (side == 0 && nearest == 0) {
            return (float) exactZero(nearest, sign(x) * sign(y) < 0, sign(z) < 0, rounding);
        }
        return moved(nearest, side, rounding);
    }

    /// x y + z
    static double fma(double nearest, double x, double y, double z, Rounding rounding) {
        if (!Double.isFinite(x) || !Double.isFinite(y) || !Double.isFinite(z)) {
            return nearest;
        }
        int side = side(nearest, exact(x).multiply(exact(y)).add(exact(z)));
        if (side == 0 && nearest == 0) {
            return exactZero(nearest, sign(x) * sign(y) < 0, sign(z) < 0, rounding);
        }
        return moved(nearest, side, rounding);
    }

    /// x / y
    static float quotient(float nearest, float x, float y, Rounding rounding) {
        if (!Float.isFinite(x) || !Float.isFinite(y) || y == 0 || x == 0) {
            return nearest;
        }
        int side = Float.isInfinite(nearest)
                ? -(int) Math.signum(nearest)
                : exact(x).subtract(exact(nearest).multiply(exact(y))).signum() * exact(y).signum();
        return moved(nearest, side, rounding);
    }

    /// x / y
    static double quotient(double nearest, double x, double y, Rounding rounding) {
        if (!Double.isFinite(x) || !Double.isFinite(y) || y == 0 || x == 0) {
            return nearest;
        }
        int side = Double.isInfinite(nearest)
                ? -(int) Math.signum(nearest)
                : exact(x).subtract(exact(nearest).multiply(exact(y))).signum() * exact(y).signum();
        return moved(nearest, side, rounding);
    }

    /// The square root of x
    static float root(float nearest, float x, Rounding rounding) {
        return Float.isFinite(nearest)
                ? moved(nearest, exact(x).compareTo(exact(nearest).multiply(exact(nearest))), rounding)
                : nearest;
    }

    /// The square root of x
    static double root(double nearest, double x, Rounding rounding) {
        return Double.isFinite(nearest)
                ? moved(nearest, exact(x).compareTo(exact(nearest).multiply(exact(nearest))), rounding)
                : nearest;
    }

    /// x 2^power
    static double scaled(double x, int power, Rounding rounding) {
        double nearest = Math.scalb(x, power);
        if (isNearest(rounding) || x == 0 || Double.isInfinite(x)) {
            return nearest;
        }
        var factor = power < 0 ? new BigDecimal("0.5").pow(-power) : BigDecimal.TWO.pow(power);
        return moved(nearest, side(nearest, exact(x).multiply(factor)), rounding);
    }

    /// A number that takes more bits than a float has.
    static float narrowed(double x, Rounding rounding) {
        float nearest = (float) x;
        return Double.isFinite(x) && !isNearest(rounding)
                ? moved(nearest, Double.compare(x, nearest), rounding)
                : nearest;
    }

    /// An integer that takes more bits than a float has.
    static float ofInteger(long x, Rounding rounding) {
        float nearest = x;
        return isNearest(rounding) ? nearest : moved(nearest, new BigDecimal(x).compareTo(exact(nearest)), rounding);
    }

    private static BigDecimal exact(double x) {
        return new BigDecimal(x);
    }

    private static int sign(double x) {
        return Math.copySign(1, x) < 0 ? -1 : 1;
    }

    /// Where the exact number lies, seen from the nearest one.
    private static int side(double nearest, BigDecimal exact) {
        return Double.isInfinite(nearest) ? -(int) Math.signum(nearest) : exact.compareTo(exact(nearest));
    }

    /// A sum that is exactly zero, of numbers of different signs, is negative only when rounding down.
    private static double exactZero(double nearest, boolean negative, boolean negativeToo, Rounding rounding) {
        return negative == negativeToo ? nearest : rounding == Rounding.DOWN ? -0.0 : 0.0;
    }

    private static float moved(float nearest, int side, Rounding rounding) {
        return switch (rounding) {
            case UP -> side > 0 ? Math.nextUp(nearest) : nearest;
            case DOWN -> side < 0 ? Math.nextDown(nearest) : nearest;
            case TO_ZERO -> side * Math.signum(nearest) < 0 ? toZero(nearest) : nearest;
            default -> nearest;
        };
    }

    private static float toZero(float x) {
        return x > 0 ? Math.nextDown(x) : Math.nextUp(x);
    }

    private static double moved(double nearest, int side, Rounding rounding) {
        return switch (rounding) {
            case UP -> side > 0 ? Math.nextUp(nearest) : nearest;
            case DOWN -> side < 0 ? Math.nextDown(nearest) : nearest;
            case TO_ZERO ->
                side * Math.signum(nearest) < 0 ? nearest > 0 ? Math.nextDown(nearest) : Math.nextUp(nearest) : nearest;
            default -> nearest;
        };
    }
}
