package dev.balsa.ir.window;

/// Linear interpolation between the four elements around a place in an image plane.
final class Bilinear {
    private Bilinear() {}

    /// The value at a place, where elements outside of the image are zero.
    static double zeroOutside(double[] plane, int rows, int columns, double h, double w) {
        // Written so that NaN counts as outside.
        if (!(h > -1 && h < rows && w > -1 && w < columns)) {
            return 0;
        }
        int top = (int) Math.floor(h);
        int left = (int) Math.floor(w);
        double down = h - top;
        double right = w - left;
        return (1 - down) * (1 - right) * at(plane, rows, columns, top, left)
                + (1 - down) * right * at(plane, rows, columns, top, left + 1)
                + down * (1 - right) * at(plane, rows, columns, top + 1, left)
                + down * right * at(plane, rows, columns, top + 1, left + 1);
    }

    private static double at(double[] plane, int rows, int columns, int row, int column) {
        boolean inside = row >= 0 && row < rows && column >= 0 && column < columns;
        return inside ? plane[row * columns + column] : 0;
    }
}
