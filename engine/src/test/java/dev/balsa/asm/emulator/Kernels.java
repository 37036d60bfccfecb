package dev.balsa.asm.emulator;

import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;

/// Ways of making a kernel from what happens to a lane.
final class Kernels {
    private Kernels() {}

    /// A function of one float.
    @FunctionalInterface
    interface FloatFunction {
        /// Its value.
        float apply(float x);
    }

    /// Results are the low bits of a function of two elements with their signs.
    static Kernel signed(int size, LongBinaryOperator operator) {
        return (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / size; i++) {
                long value = operator.applyAsLong(Lane.signed(first, size, i), Lane.signed(last, size, i));
                Lane.set(result, size, i, value);
            }
        };
    }

    /// Results are the low bits of a function of two elements without signs.
    static Kernel unsigned(int size, LongBinaryOperator operator) {
        return (result, _, first, last, bytes) -> {
            for (int i = 0; i < bytes / size; i++) {
                long value = operator.applyAsLong(Lane.unsigned(first, size, i), Lane.unsigned(last, size, i));
                Lane.set(result, size, i, value);
            }
        };
    }

    /// A function of the bits of both.
    static Kernel bits(LongBinaryOperator operator) {
        return signed(Long.BYTES, operator);
    }

    static Kernel floats(FloatFunction function) {
        return (result, _, _, last, bytes) -> {
            for (int i = 0; i < bytes / Float.BYTES; i++) {
                float x = Lane.getFloat(last, i);
                float y = Float.isNaN(x) ? Floats.ofNaN(x) : function.apply(x);
                Lane.setInt(result, i, Float.floatToRawIntBits(y));
            }
        };
    }

    static Kernel doubles(DoubleUnaryOperator function) {
        return (result, _, _, last, bytes) -> {
            for (int i = 0; i < bytes / Double.BYTES; i++) {
                double x = Lane.getDouble(last, i);
                double y = Double.isNaN(x) ? Floats.ofNaN(x) : function.applyAsDouble(x);
                Lane.setLong(result, i, Double.doubleToRawLongBits(y));
            }
        };
    }

    /// Whether a relation of lanes holds.
    @FunctionalInterface
    interface Relation {
        /// Whether it holds between a and b.
        boolean holds(long a, long b);
    }

    static Kernel.Comparison compareSigned(int size, Relation relation) {
        return (first, last, bytes) -> {
            long holds = 0;
            for (int i = 0; i < bytes / size; i++) {
                holds |= (relation.holds(Lane.signed(first, size, i), Lane.signed(last, size, i)) ? 1L : 0L) << i;
            }
            return holds;
        };
    }

    static Kernel.Comparison compareUnsigned(int size, Relation relation) {
        return (first, last, bytes) -> {
            long holds = 0;
            for (int i = 0; i < bytes / size; i++) {
                holds |= (relation.holds(Lane.unsigned(first, size, i), Lane.unsigned(last, size, i)) ? 1L : 0L) << i;
            }
            return holds;
        };
    }

    /// The comparison of a predicate (Intel SDM, volume 2, *CMPPS*), of which signalling is no matter here.
    static Kernel.Comparison compareFloats(int predicate, boolean doubles) {
        return (first, last, bytes) -> {
            int size = doubles ? Double.BYTES : Float.BYTES;
            long holds = 0;
            for (int i = 0; i < bytes / size; i++) {
                double a = doubles ? Lane.getDouble(first, i) : Lane.getFloat(first, i);
                double b = doubles ? Lane.getDouble(last, i) : Lane.getFloat(last, i);
                holds |= (holds(predicate & 15, a, b) ? 1L : 0L) << i;
            }
            return holds;
        };
    }

    private static boolean holds(int predicate, double a, double b) {
        boolean unordered = Double.isNaN(a) || Double.isNaN(b);
        return switch (predicate) {
            case 0 -> a == b;
            case 1 -> a < b;
            case 2 -> a <= b;
            case 3 -> unordered;
            case 4 -> a != b;
            case 5 -> !(a < b);
            case 6 -> !(a <= b);
            case 7 -> !unordered;
            case 8 -> a == b || unordered;
            case 9 -> !(a >= b);
            case 10 -> !(a > b);
            case 11 -> false;
            case 12 -> a != b && !unordered;
            case 13 -> a >= b;
            case 14 -> a > b;
            default -> true;
        };
    }
}
