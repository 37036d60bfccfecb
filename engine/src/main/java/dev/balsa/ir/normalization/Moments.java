package dev.balsa.ir.normalization;

import java.util.Arrays;

/// Mean and variance of some elements; NaN if there are none.
///
/// @param variance the mean of the squared differences from the mean
record Moments(double mean, double variance) {
    static Moments of(double[] elements) {
        double mean = Arrays.stream(elements).sum() / elements.length;
        double squares =
                Arrays.stream(elements).map(x -> (x - mean) * (x - mean)).sum();
        return new Moments(mean, squares / elements.length);
    }

    /// The moments that come of taking the mean for 0.
    static Moments uncentred(double[] elements) {
        return new Moments(0, Arrays.stream(elements).map(x -> x * x).sum() / elements.length);
    }

    /// What an element is multiplied with to bring it to variance 1.
    double inverseDeviation(double epsilon) {
        return 1 / Math.sqrt(variance + epsilon);
    }
}
