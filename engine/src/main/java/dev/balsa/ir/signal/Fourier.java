package dev.balsa.ir.signal;

import java.util.stream.IntStream;

/// The discrete Fourier transform of one length, any length, in O(n log n): by prime factors where they are small, by
/// convolution with a chirp (Bluestein) otherwise.
final class Fourier {
    private static final int GREATEST_FACTOR = 61;

    private final int length;
    private final boolean smooth;
    private final double[] cos;
    private final double[] sin;

    Fourier(int length) {
        this.length = length;
        smooth = greatestFactor(length) <= GREATEST_FACTOR;
        cos = new double[length];
        sin = new double[length];
        for (int i = 0; i < length; i++) {
            cos[i] = Math.cos(-2 * Math.PI * i / length);
            sin[i] = Math.sin(-2 * Math.PI * i / length);
        }
    }

    private static int greatestFactor(int number) {
        int rest = number;
        int factor = 1;
        while (rest > 1) {
            factor = leastFactor(rest);
            rest /= factor;
        }
        return factor;
    }

    private static int leastFactor(int number) {
        for (int factor = 2; (long) factor * factor <= number; factor++) {
            if (number % factor == 0) {
                return factor;
            }
        }
        return number;
    }

    /// The transform of a complex signal of this length, unscaled.
    ComplexArray forward(ComplexArray signal) {
        if (!smooth) {
            return chirp(signal);
        }
        var result = new ComplexArray(length);
        byFactors(signal, 0, 1, result, 0, length);
        return result;
    }

    /// The inverse transform, scaled by 1/length.
    ComplexArray inverse(ComplexArray spectrum) {
        // Exchanging real and imaginary parts before and after turns the transform into its inverse.
        var swapped = forward(spectrum.swapped()).swapped();
        swapped.scale(1.0 / length);
        return swapped;
    }

    /// Transforms the `count` elements from `from` in steps of `step` into `to` and the places after it.
    private void byFactors(ComplexArray signal, int from, int step, ComplexArray result, int to, int count) {
        if (count <= 1) {
            if (count == 1) {
                result.set(to, signal.real(from), signal.imaginary(from));
            }
            return;
        }
        int factor = leastFactor(count);
        int part = count / factor;
        for (int r = 0; r < factor; r++) {
            byFactors(signal, from + r * step, step * factor, result, to + r * part, part);
        }
        var sums = new ComplexArray(factor);
        for (int k = 0; k < part; k++) {
            combine(result, to + k, part, count, k, sums);
            for (int q = 0; q < factor; q++) {
                result.set(to + k + q * part, sums.real(q), sums.imaginary(q));
            }
        }
    }

    /// The sums of the parts' elements `k`, turned to the place of every part.
    private void combine(ComplexArray result, int at, int part, int count, int k, ComplexArray sums) {
        int factor = count / part;
        for (int q = 0; q < factor; q++) {
            double real = 0;
            double imaginary = 0;
            for (int r = 0; r < factor; r++) {
                int turn = (int) ((long) r * (q * part + k) % count * (length / count));
                double a = result.real(at + r * part);
                double b = result.imaginary(at + r * part);
                real += a * cos[turn] - b * sin[turn];
                imaginary += a * sin[turn] + b * cos[turn];
            }
            sums.set(q, real, imaginary);
        }
    }

    private ComplexArray chirp(ComplexArray signal) {
        int padded = Integer.highestOneBit(2 * length) * 2;
        var chirp = new ComplexArray(length);
        IntStream.range(0, length).forEach(i -> {
            double angle = -Math.PI * ((long) i * i % (2L * length)) / length;
            chirp.set(i, Math.cos(angle), Math.sin(angle));
        });
        var left = new ComplexArray(padded);
        var right = new ComplexArray(padded);
        for (int i = 0; i < length; i++) {
            left.setProduct(i, signal, i, chirp, i);
            right.set(i, chirp.real(i), -chirp.imaginary(i));
            right.set((padded - i) % padded, chirp.real(i), -chirp.imaginary(i));
        }
        var transform = new Fourier(padded);
        var a = transform.forward(left);
        var b = transform.forward(right);
        for (int i = 0; i < padded; i++) {
            a.setProduct(i, a, i, b, i);
        }
        var convolved = transform.inverse(a);
        var result = new ComplexArray(length);
        for (int i = 0; i < length; i++) {
            result.setProduct(i, convolved, i, chirp, i);
        }
        return result;
    }
}
