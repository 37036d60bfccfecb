package dev.balsa.kernel.conv;

/// The matrices by which a square of `tile x tile` outputs of a 3x3 convolution of stride 1 takes only `(tile +
/// 2)^2` multiplications per channel: with the image's square `d` of `tile + 2` pixels a side and the kernel `g`,
/// the outputs are `Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A` (Winograd, *Arithmetic Complexity of Computations*, 1980; Lavin
/// and Gray, *Fast Algorithms for Convolutional Neural Networks*, 2015).
///
/// They are those of Toom and Cook: polynomials are evaluated at points, the results multiplied, and the product
/// interpolated; the last point is infinity.
///
/// @param tile outputs of a side, 2 or 4
record WinogradTransform(int tile) {
    /// Positions of a kernel's side.
    static final int KERNEL = 3;

    /// In pairs `a`, `-a`, which share most of their work.
    private static final double[] FEW_POINTS = {0, 1, -1};

    /// Likewise. Of the points tried, among them 1, 2 and 1, 1/2, these keep errors smallest, with 512 channels a
    /// fifth of those with 1, 2, and about those of an ordinary sum: their powers and inverse powers are of like
    /// size, and the squares' product is 1.
    private static final double[] MANY_POINTS = {0, Math.sqrt(0.5), -Math.sqrt(0.5), Math.sqrt(2), -Math.sqrt(2)};

    WinogradTransform {
        if (tile != 2 && tile != 4) {
            throw new IllegalArgumentException("tile of a Winograd convolution: expected 2 or 4, found " + tile);
        }
    }

    /// Pixels of a side of the image's square.
    int span() {
        return tile + KERNEL - 1;
    }

    /// Products per channel of a tile.
    int positions() {
        return span() * span();
    }

    private double[] points() {
        return tile == 2 ? FEW_POINTS : MANY_POINTS;
    }

    private int finitePoints() {
        return points().length;
    }

    /// Bᵀ: by it the image's squares are taken apart; rows are the coefficients of the product of all `x - a` but
    /// the row's own.
    double[][] image() {
        var matrix = new double[span()][];
        for (int row = 0; row < span(); row++) {
            var coefficients = new double[span()];
            coefficients[0] = 1;
            for (int point = 0; point < finitePoints(); point++) {
                if (point != row) {
                    multiply(coefficients, points()[point]);
                }
            }
            matrix[row] = coefficients;
        }
        return matrix;
    }

    /// Multiplies a polynomial by `x - a`.
    private static void multiply(double[] coefficients, double a) {
        for (int i = coefficients.length - 1; i >= 0; i--) {
            coefficients[i] = (i > 0 ? coefficients[i - 1] : 0) - a * coefficients[i];
        }
    }

    /// G: by it kernels are evaluated at the points, divided by what interpolation divides by.
    double[][] kernel() {
        var matrix = new double[span()][KERNEL];
        for (int row = 0; row < finitePoints(); row++) {
            double divisor = 1;
            for (int point = 0; point < finitePoints(); point++) {
                if (point != row) {
                    divisor *= points()[row] - points()[point];
                }
            }
            for (int k = 0; k < KERNEL; k++) {
                matrix[row][k] = power(points()[row], k) / divisor;
            }
        }
        matrix[finitePoints()][KERNEL - 1] = 1;
        return matrix;
    }

    /// Aᵀ: by it outputs are put together.
    double[][] output() {
        var matrix = new double[tile][span()];
        for (int row = 0; row < tile; row++) {
            for (int point = 0; point < finitePoints(); point++) {
                matrix[row][point] = power(points()[point], row);
            }
        }
        matrix[tile - 1][finitePoints()] = 1;
        return matrix;
    }

    private static double power(double base, int exponent) {
        double power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= base;
        }
        return power;
    }
}
