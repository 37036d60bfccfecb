package dev.balsa.kernel.amx;

import java.util.Arrays;

/// Tiles of 16 positions at equal distances, and which rows of the result these are. Positions that are no row are
/// multiplied as well, and dropped.
final class RowTiles {
    /// No row.
    static final int NONE = -1;

    private final long stride;
    private long[] starts = new long[16];
    private int[] rows = new int[16 * Tiles.ROWS];
    private int count;

    /// @param stride bytes from a position of a tile to the next
    RowTiles(long stride) {
        this.stride = stride;
    }

    /// Rows that lie one after the other.
    static RowTiles dense(int rowCount, long pitch) {
        var tiles = new RowTiles(pitch);
        for (int row = 0; row < rowCount; row++) {
            if (row % Tiles.ROWS == 0) {
                tiles.add(row * pitch);
            }
            tiles.set(row % Tiles.ROWS, row);
        }
        return tiles;
    }

    /// Adds a tile that begins at a byte.
    void add(long start) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            rows = Arrays.copyOf(rows, 2 * count * Tiles.ROWS);
        }
        starts[count] = start;
        Arrays.fill(rows, count * Tiles.ROWS, (count + 1) * Tiles.ROWS, NONE);
        count++;
    }

    /// Says which row a position of the latest tile is.
    void set(int position, int row) {
        rows[(count - 1) * Tiles.ROWS + position] = row;
    }

    long stride() {
        return stride;
    }

    int count() {
        return count;
    }

    /// Bytes from where all positions begin to a tile's first one.
    long start(int tile) {
        return starts[tile];
    }

    int row(int tile, int position) {
        return rows[tile * Tiles.ROWS + position];
    }

    /// A tile's first row; the first position of each is one.
    int firstRow(int tile) {
        return row(tile, 0);
    }

    /// The row after the last one of a tile.
    int endRow(int tile) {
        int end = firstRow(tile) + 1;
        for (int position = 1; position < Tiles.ROWS; position++) {
            end = Math.max(end, row(tile, position) + 1);
        }
        return end;
    }
}
