package dev.balsa.ir.elementwise;

/// The error function and its complement in double precision, by series whose terms all have one sign.
///
/// Formulas: Abramowitz and Stegun, *Handbook of Mathematical Functions*, 7.1.6 (series) and 7.1.14 (continued
/// fraction).
final class ErrorFunction {
    /// Below, the series is short and loses nothing; above, the continued fraction converges within [#FRACTIONS]
    /// steps.
    private static final double BORDER = 2.5;

    private static final int FRACTIONS = 60;
    private static final double ROOT_PI = Math.sqrt(Math.PI);

    private ErrorFunction() {}

    /// erf(x) = 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.
    static double erf(double x) {
        double m = Math.abs(x);
        double y = m < BORDER ? series(m) : 1 - fraction(m);
        return Math.copySign(y, x);
    }

    /// 1 - erf(x), exact also where that difference is tiny.
    static double erfc(double x) {
        if (x >= BORDER) {
            return fraction(x);
        }
        return x > -BORDER ? 1 - Math.copySign(series(Math.abs(x)), x) : 2 - fraction(-x);
    }

    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > sum * 0x1p-60; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / ROOT_PI * Math.exp(-x * x) * sum;
    }

    private static double fraction(double x) {
        double tail = x;
        for (int n = FRACTIONS; n > 0; n--) {
            tail = x + n / 2.0 / tail;
        }
        return Math.exp(-x * x) / (ROOT_PI * tail);
    }
}
