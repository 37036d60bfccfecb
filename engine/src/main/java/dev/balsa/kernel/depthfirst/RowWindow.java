package dev.balsa.kernel.depthfirst;

/// How windows move down an image.
///
/// @param input rows of the image
/// @param output rows of the output
/// @param kernel rows of a window
/// @param stride rows from a window to the next
/// @param dilation rows from a row of a window to the next
/// @param pad rows of padding above the image
public record RowWindow(int input, int output, int kernel, int stride, int dilation, int pad) {
    /// The row that the first one of a window is, or would be.
    private int first(int row) {
        return row * stride - pad;
    }

    /// The row that the last one of a window is, or would be.
    private int last(int row) {
        return first(row) + (kernel - 1) * dilation;
    }

    /// Whether every window reaches into the image.
    public boolean isSeen() {
        return output > 0 && last(0) >= 0 && first(output - 1) < input;
    }

    /// Which rows of the image windows see.
    public RowRange sees(RowRange rows) {
        return new RowRange(Math.max(0, first(rows.from())), Math.min(input, last(rows.to() - 1) + 1));
    }

    /// Rows of padding above what the windows see.
    public int pad(RowRange rows) {
        return sees(rows).from() - first(rows.from());
    }
}
