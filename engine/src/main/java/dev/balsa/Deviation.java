package dev.balsa;

import dev.balsa.error.ShapeException;
import dev.balsa.tensor.Tensor;

/// How far a tensor of numbers is from what was expected.
///
/// @param largest the largest absolute difference of two elements; infinite where one is not a number, or
///     infinite, and the other is something else. Beyond the range of float32, infinite is what is expected
/// @param rms the root mean square of the differences
/// @param magnitude the largest finite magnitude of an expected element
public record Deviation(double largest, double rms, double magnitude) {
    /// Compares all elements, as doubles.
    ///
    /// @param expected a tensor of the same shape, of any numeric type
    /// @throws ShapeException if the shapes differ
    public static Deviation of(Tensor found, Tensor expected) {
        if (!found.shape().equals(expected.shape())) {
            throw new ShapeException("cannot compare tensors of different shapes; expected " + expected.shape()
                    + ", found " + found.shape());
        }
        double largest = 0;
        double squares = 0;
        double magnitude = 0;
        for (long i = 0; i < expected.size(); i++) {
            double wanted = expected.getDouble(i);
            double difference = difference(found.getDouble(i), wanted);
            largest = Math.max(largest, difference);
            squares += difference * difference;
            magnitude = Double.isFinite(wanted) ? Math.max(magnitude, Math.abs(wanted)) : magnitude;
        }
        return new Deviation(largest, Math.sqrt(squares / Math.max(1, expected.size())), magnitude);
    }

    private static double difference(double found, double expected) {
        if (found == expected
                || Double.isNaN(found) && Double.isNaN(expected)
                || Double.isInfinite(found) && found == (float) expected) {
            return 0;
        }
        double difference = Math.abs(found - expected);
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }

    /// The largest difference as a share of the largest magnitude; 0 if there is no difference, infinite if all
    /// that is expected is 0.
    public double relative() {
        return largest == 0 ? 0 : largest / magnitude;
    }
}
