package dev.balsa.ir.window;

/// How a value between elements is made of its neighbours.
public enum Interpolation {
    /// The nearest element.
    NEAREST(0),
    /// From two neighbours per dimension.
    LINEAR(1),
    /// From four neighbours per dimension, by cubic convolution (Keys).
    CUBIC(2);

    private final int reach;

    Interpolation(int reach) {
        this.reach = reach;
    }

    /// The distance beyond which elements have no weight; 0 for [#NEAREST].
    int reach() {
        return reach;
    }

    /// The weight of an element at a distance, which may be negative.
    ///
    /// @param a the coefficient of cubic convolution
    double weight(double distance, double a) {
        double x = Math.abs(distance);
        return switch (this) {
            case NEAREST -> x <= 0.5 ? 1 : 0;
            case LINEAR -> Math.max(0, 1 - x);
            case CUBIC -> cubic(x, a);
        };
    }

    private static double cubic(double x, double a) {
        if (x <= 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
    }
}
