package dev.balsa.kernel.attention;

/// How the rows of a group are divided into parts of about as many: each part but the last has a multiple of a
/// number of rows.
///
/// @param rows in all
/// @param parts how many
/// @param multiple that is made at once
record RowDivision(int rows, int parts, int multiple) {
    /// Units for all workers, so that they can share unevenly.
    private static final int ENOUGH_UNITS = 32;

    /// Enough parts of a number of rows within limits, both multiples of what is made at once.
    static RowDivision of(int rows, int groups, int multiple, int least, int most, int together) {
        long each = Math.ceilDiv((long) rows * groups, ENOUGH_UNITS);
        int wanted = Math.ceilDiv(Math.clamp(each, least, most), together) * together;
        return new RowDivision(rows, Math.ceilDiv(rows, wanted), multiple);
    }

    /// The first row of a part, or the end of all.
    int start(int part) {
        return (int) Math.min(rows, (long) Math.ceilDiv(rows, multiple) * part / parts * multiple);
    }

    /// The most rows of a part.
    int most() {
        return Math.ceilDiv(Math.ceilDiv(rows, multiple), parts) * multiple;
    }
}
