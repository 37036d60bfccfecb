package dev.balsa.ir.quantization;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Float16;

/// Rounding of real numbers to quantised ones.
final class Requantization {
    private Requantization() {}

    /// The quantised value of a number that was divided by its scale: rounded half to even, moved by the zero
    /// point, cut to the range of the type. NaN becomes the zero point.
    static long quantize(double scaled, long zeroPoint, DataType type) {
        double moved = Double.isNaN(scaled) ? zeroPoint : Math.rint(scaled) + zeroPoint;
        return (long) Math.clamp(moved, (double) type.minValue(), (double) type.maxValue());
    }

    /// A quotient computed in the arithmetic of a floating-point type: operands and result are rounded to it.
    static double divide(double dividend, double divisor, DataType precision) {
        return round(round(dividend, precision) / round(divisor, precision), precision);
    }

    /// The nearest number of a floating-point type.
    static double round(double value, DataType precision) {
        return switch (precision) {
            case FLOAT32 -> (float) value;
            case FLOAT16 -> Float16.halfToFloat(Float16.doubleToHalf(value));
            case BFLOAT16 -> Float16.bfloatToFloat(Float16.doubleToBfloat(value));
            default -> value;
        };
    }

    /// What a sum of products of two quantised operands is multiplied with, in single precision, to bring it to the
    /// scale of the result.
    static float multiplier(float scaleA, float scaleB, float scaleY) {
        return scaleA * scaleB / scaleY;
    }

    /// The quantised value of a sum of products, scaled in single precision.
    static long quantize(int sum, float multiplier, long zeroPoint, DataType type) {
        return quantize((double) (sum * multiplier), zeroPoint, type);
    }
}
