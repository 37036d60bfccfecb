package dev.balsa.kernel.amx;

/// The sizes of a tile register (Intel SDM, volume 1, *Programming with Intel AMX*), all of which is used.
final class Tiles {
    /// Rows of a left factor, or of sums.
    static final int ROWS = 16;
    /// Columns of a right factor, or of sums.
    static final int COLUMNS = 16;
    /// Steps of depth: 32 bfloat16 numbers of a row, or 16 pairs of a column.
    static final int DEPTH = 32;

    static final int ROW_BYTES = 64;
    static final int BYTES = ROWS * ROW_BYTES;

    private Tiles() {}

    /// The least multiple of the steps of a tile that is not below a length.
    static int filled(int length) {
        return Math.ceilDiv(length, DEPTH) * DEPTH;
    }
}
