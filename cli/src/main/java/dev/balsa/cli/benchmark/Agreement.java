package dev.balsa.cli.benchmark;

import dev.balsa.tensor.DataType;
import dev.balsa.tensor.Tensor;
import java.util.Optional;

/// How far an output of one runtime is from that of another.
///
/// @param output its name
/// @param difference the largest absolute difference of two elements; infinite where types or shapes differ, or one
///     element is not a number and the other is
/// @param distance the root mean square of the differences
/// @param largest the largest magnitude in the other runtime's output
/// @param noise the distance of the other runtime from itself, with and without its optimisations; 0 where that was not
///     needed
/// @param within whether every element is within 1e-3 of the other's and 1e-3 of the largest together, or else the
///     distance is within the noise; integers and bools must be equal, but for 8-bit ones, which may differ by one step
///     of rounding
public record Agreement(
        String output, double difference, double distance, double largest, double noise, boolean within) {
    private static final double TOLERANCE = 1e-3;

    /// Compares; an output that one runtime does not give as a tensor of numbers agrees with nothing.
    static Agreement of(String output, Optional<Tensor> ours, Optional<Tensor> theirs) {
        if (ours.isEmpty()
                || theirs.isEmpty()
                || ours.get().type() != theirs.get().type()
                || ours.get().type() == DataType.STRING
                || !ours.get().shape().equals(theirs.get().shape())) {
            return new Agreement(output, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0, 0, false);
        }
        return of(output, ours.get(), theirs.get());
    }

    /// Judges again an output that was too far, by the other runtime's own noise: in a quantised network one
    /// rounding that tips over moves all that follows, and both results are right. Ours may be as far
    /// from the nearer of them as they are from each other, on average over the elements.
    ///
    /// @param plain the other runtime's output without optimisations
    Agreement judgedByNoise(Optional<Tensor> ours, Optional<Tensor> theirs, Optional<Tensor> plain) {
        if (within
                || Double.isInfinite(difference)
                || plain.isEmpty()
                || !ours.orElseThrow().type().isFloat()) {
            return this;
        }
        double noise = of(output, plain.get(), theirs.orElseThrow()).distance;
        var toPlain = of(output, ours.get(), plain.get());
        var nearer = toPlain.distance < distance ? toPlain : this;
        return new Agreement(
                output,
                nearer.difference,
                nearer.distance,
                nearer.largest,
                noise,
                Double.isFinite(noise) && nearer.distance <= noise);
    }

    private static Agreement of(String output, Tensor ours, Tensor theirs) {
        double largest = largest(theirs);
        double worst = 0;
        double squares = 0;
        boolean within = true;
        for (long i = 0; i < ours.size(); i++) {
            double expected = theirs.getDouble(i);
            double difference = difference(ours.getDouble(i), expected);
            worst = Math.max(worst, difference);
            squares += difference * difference;
            within &= difference <= slack(ours.type(), largest, expected);
        }
        return new Agreement(output, worst, Math.sqrt(squares / Math.max(1, ours.size())), largest, 0, within);
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
