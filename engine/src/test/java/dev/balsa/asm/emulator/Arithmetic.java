package dev.balsa.asm.emulator;

import dev.balsa.asm.Rounding;

/// Float operations, bit for bit.
enum Arithmetic {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    /// Of the second operand.
    ROOT,
    MIN,
    MAX;

    float apply(float a, float b, Rounding rounding) {
        float nearest = switch (this) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case ROOT -> (float) Math.sqrt(b);
            // The second operand also where one is NaN or both are zero.
            case MIN -> a < b ? a : b;
            case MAX -> a > b ? a : b;
        };
        if (this == MIN || this == MAX) {
            return nearest;
        }
        if (Float.isNaN(nearest)) {
            return this == ROOT ? Floats.ofNaN(b) : Floats.ofNaN(a, b);
        }
        if (Directed.isNearest(rounding)) {
            return nearest;
        }
        return switch (this) {
            case ADD -> Directed.fma(nearest, a, 1, b, rounding);
            case SUBTRACT -> Directed.fma(nearest, a, 1, -b, rounding);
            case MULTIPLY -> Directed.fma(nearest, a, b, Math.copySign(0, nearest), rounding);
            case DIVIDE -> Directed.quotient(nearest, a, b, rounding);
            default -> Directed.root(nearest, b, rounding);
        };
    }

    double apply(double a, double b, Rounding rounding) {
        double nearest = switch (this) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case ROOT -> Math.sqrt(b);
            case MIN -> a < b ? a : b;
            case MAX -> a > b ? a : b;
        };
        if (this == MIN || this == MAX) {
            return nearest;
        }
        if (Double.isNaN(nearest)) {
            return this == ROOT ? Floats.ofNaN(b) : Floats.ofNaN(a, b);
        }
        if (Directed.isNearest(rounding)) {
            return nearest;
        }
        return switch (this) {
            case ADD -> Directed.fma(nearest, a, 1, b, rounding);
            case SUBTRACT -> Directed.fma(nearest, a, 1, -b, rounding);
            case MULTIPLY -> Directed.fma(nearest, a, b, Math.copySign(0, nearest), rounding);
            case DIVIDE -> Directed.quotient(nearest, a, b, rounding);
            default -> Directed.root(nearest, b, rounding);
        };
    }

    Kernel floats(Rounding rounding) {
        return (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / Float.BYTES; i++) {
                float value = apply(Lane.getFloat(first, i), Lane.getFloat(last, i), rounding);
                Lane.setInt(result, i, Float.floatToRawIntBits(value));
            }
        };
    }

    Kernel doubles(Rounding rounding) {
        return (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / Double.BYTES; i++) {
                double value = apply(Lane.getDouble(first, i), Lane.getDouble(last, i), rounding);
                Lane.setLong(result, i, Double.doubleToRawLongBits(value));
            }
        };
    }
}
