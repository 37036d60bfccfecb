package dev.balsa.ir.contraction;

import dev.balsa.tensor.Tensor;
import java.util.Arrays;

/// The product of two matrices of floats in double precision: the sums of one element go from the first product to
/// the last, so that the order in which elements take turns does not show.
///
/// @param a where the left matrix lies
/// @param b where the right matrix lies
/// @param rows of the left matrix and of the product
/// @param inner columns of the left matrix, rows of the right one
/// @param columns of the right matrix and of the product
record FloatProduct(Place a, Place b, long rows, long inner, long columns) {
    /// Sums for so many rows and columns at once stay in the caches.
    private static final int ROWS = 128;

    private static final int COLUMNS = 512;

    /// A matrix in a tensor.
    ///
    /// @param from the flat index of its first element
    /// @param row how far the index moves to the next row
    /// @param column how far it moves to the next column
    record Place(Tensor tensor, long from, long row, long column) {
        private void read(long row, long column, double[] into, int count) {
            long at = from + row * this.row + column * this.column;
            for (int i = 0; i < count; i++, at += this.column) {
                into[i] = tensor.getDouble(at);
            }
        }

        /// An element.
        double get(long row, long column) {
            return tensor.getDouble(from + row * this.row + column * this.column);
        }
    }

    /// Receives the elements of the product.
    @FunctionalInterface
    interface Result {
        /// The sum of products at a place of the product.
        void set(long row, long column, double sum);
    }

    /// Computes all elements.
    void into(Result result) {
        var sums = new double[(int) Math.min(ROWS, rows)][(int) Math.min(COLUMNS, columns)];
        var factors = new double[(int) Math.min(COLUMNS, columns)];
        for (long row = 0; row < rows; row += ROWS) {
            for (long column = 0; column < columns; column += COLUMNS) {
                block(row, column, sums, factors, result);
            }
        }
    }

    private void block(long row, long column, double[][] sums, double[] factors, Result result) {
        int height = (int) Math.min(ROWS, rows - row);
        int width = (int) Math.min(COLUMNS, columns - column);
        for (long k = 0; k < inner; k++) {
            b.read(k, column, factors, width);
            for (int i = 0; i < height; i++) {
                add(a.get(row + i, k), factors, sums[i], width);
            }
        }
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                result.set(row + i, column + j, sums[i][j]);
            }
            Arrays.fill(sums[i], 0);
        }
    }

    private static void add(double factor, double[] factors, double[] sums, int count) {
        for (int i = 0; i < count; i++) {
            sums[i] += factor * factors[i];
        }
    }
}
