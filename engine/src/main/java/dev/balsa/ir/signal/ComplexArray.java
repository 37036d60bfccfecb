package dev.balsa.ir.signal;

/// Complex numbers in double precision.
final class ComplexArray {
    private final double[] real;
    private final double[] imaginary;

    ComplexArray(int length) {
        this(new double[length], new double[length]);
    }

    private ComplexArray(double[] real, double[] imaginary) {
        this.real = real;
        this.imaginary = imaginary;
    }

    double real(int index) {
        return real[index];
    }

    double imaginary(int index) {
        return imaginary[index];
    }

    void set(int index, double re, double im) {
        real[index] = re;
        imaginary[index] = im;
    }

    /// Sets an element to the product of an element of `a` and one of `b`.
    void setProduct(int index, ComplexArray a, int i, ComplexArray b, int j) {
        set(
                index,
                a.real[i] * b.real[j] - a.imaginary[i] * b.imaginary[j],
                a.real[i] * b.imaginary[j] + a.imaginary[i] * b.real[j]);
    }

    void scale(double factor) {
        for (int i = 0; i < real.length; i++) {
            set(i, real[i] * factor, imaginary[i] * factor);
        }
    }

    /// The same numbers with real and imaginary part exchanged; shares the elements.
    ComplexArray swapped() {
        return new ComplexArray(imaginary, real);
    }
}
