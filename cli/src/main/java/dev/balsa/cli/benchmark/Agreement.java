package dev.balsa.cli.benchmark;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Optional;

/// How far an output of one runtime is from that of another.
///
/// @param output its name
/// @param difference the largest absolute difference of two elements; infinite where types or shapes differ, or one
///     element is not a number and the other is
/// @param largest the largest magnitude in the other runtime's output
/// @param noise how far the other runtime is from itself with and without its optimisations; 0 where that was not
///     needed
/// @param within whether every element is within 1e-3 of the other's and 1e-3 of the largest together, and the noise on
///     top; integers and bools must be equal, but for 8-bit ones, which may differ by one step of rounding
public record Agreement(String output, double difference, double largest, double noise, boolean within) {
    private static final double TOLERANCE = 1e-3;

    /// The noise is one sample of a random difference, and the distance another one of the same kind: half as much
    /// again
    /// is nothing unusual.
    private static final double NOISE_SPREAD = 1.5;

    /// Compares; an output that one runtime does not give as a tensor of numbers agrees with nothing.
    static Agreement of(String output, Optional<Tensor> ours, Optional<Tensor> theirs) {
        if (ours.isEmpty()
                || theirs.isEmpty()
                || ours.get().type() != theirs.get().type()
                || ours.get().type() == DataType.STRING
                || !ours.get().shape().equals(theirs.get().shape())) {
            return new Agreement(output, Double.POSITIVE_INFINITY, 0, 0, false);
        }
        return of(output, ours.get(), theirs.get(), 0);
    }

    /// Judges again an output that was too far, by the other runtime's own noise: in a quantised network one
    /// rounding that tips over moves all that follows, and both results are right. The distance counts to the
    /// nearer of its results.
    ///
    /// @param plain the other runtime's output without optimisations
    Agreement judgedByNoise(Optional<Tensor> ours, Optional<Tensor> theirs, Optional<Tensor> plain) {
        if (within
                || Double.isInfinite(difference)
                || plain.isEmpty()
                || !ours.orElseThrow().type().isFloat()) {
            return this;
        }
        double distance = of(output, plain.get(), theirs.orElseThrow(), 0).difference * NOISE_SPREAD;
        var toOptimized = of(output, ours.get(), theirs.get(), distance);
        var toPlain = of(output, ours.get(), plain.get(), distance);
        return toPlain.difference < toOptimized.difference ? toPlain : toOptimized;
    }

    private static Agreement of(String output, Tensor ours, Tensor theirs, double noise) {
        double largest = largest(theirs);
        double worst = 0;
        boolean within = true;
        for (long i = 0; i < ours.size(); i++) {
            double expected = theirs.getDouble(i);
            double difference = difference(ours.getDouble(i), expected);
            worst = Math.max(worst, difference);
            within &= difference <= noise + slack(ours.type(), largest, expected);
        }
        return new Agreement(output, worst, largest, noise, within);
    }

    private static double largest(Tensor tensor) {
        double largest = 0;
        for (long i = 0; i < tensor.size(); i++) {
            double magnitude = Math.abs(tensor.getDouble(i));
            largest = Double.isFinite(magnitude) ? Math.max(largest, magnitude) : largest;
        }
        return largest;
    }

    private static double difference(double found, double expected) {
        if (found == expected || Double.isNaN(found) && Double.isNaN(expected)) {
            return 0;
        }
        double difference = Math.abs(found - expected);
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }

    private static double slack(DataType type, double largest, double expected) {
        if (!type.isFloat()) {
            return type.isInteger() && type.bits() <= 8 ? 1 : 0;
        }
        return Double.isFinite(expected) ? TOLERANCE * largest + TOLERANCE * Math.abs(expected) : 0;
    }
}
