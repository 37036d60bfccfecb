package dev.balsa.kernel.depthfirst;

/// Neighbouring rows of an image.
///
/// @param from the first
/// @param to the one behind the last, above `from`
public record RowRange(int from, int to) {
    /// Checks that there is a row.
    public RowRange {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("rows: expected a range that is not empty, found " + from + " to " + to);
        }
    }

    /// The n-th of equal parts of rows, as far as they divide evenly.
    static RowRange part(int rows, int n, int parts) {
        return new RowRange((int) ((long) rows * n / parts), (int) ((long) rows * (n + 1) / parts));
    }

    /// How many there are.
    public int count() {
        return to - from;
    }

    /// The rows of both, and those between them.
    RowRange with(RowRange other) {
        return new RowRange(Math.min(from, other.from), Math.max(to, other.to));
    }
}
