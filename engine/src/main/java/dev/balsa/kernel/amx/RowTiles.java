package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.RowPlaces;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.IntToLongFunction;

/// Tiles of 16 positions at equal distances, and which rows of the result these are. Positions that are no row are
/// multiplied as well, and dropped.
final class RowTiles {
    /// No row.
    static final int NONE = -1;

    private final long stride;
    private long[] starts = new long[16];
    private int[] rows = new int[16 * Tiles.ROWS];
    private int[] ends = new int[16];
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

    /// At least 16 rows that lie one after the other, of which no tile reads beyond the last: that ends the last tile,
    /// whose first positions are rows of the tile before, and dropped.
    static RowTiles within(int rowCount, long pitch) {
        var tiles = new RowTiles(pitch);
        for (int next = 0; next < rowCount; next += Tiles.ROWS) {
            int start = Math.min(next, rowCount - Tiles.ROWS);
            tiles.add(start * pitch);
            for (int position = next - start; position < Tiles.ROWS; position++) {
                tiles.set(position, start + position);
            }
        }
        return tiles;
    }

    /// Rows at any places that ascend. Where the next rows do not follow at the distance that most have, a tile goes on
    /// over positions that are no row, up to those that do, or ends.
    ///
    /// @param place where a row begins
    /// @param bytes from a place to the next
    static RowTiles ascending(int rowCount, IntToLongFunction place, long bytes) {
        long distance = distance(rowCount, place);
        var tiles = new RowTiles(distance * bytes);
        int row = 0;
        while (row < rowCount) {
            long start = place.applyAsLong(row);
            tiles.add(start * bytes);
            while (row < rowCount) {
                long beyond = place.applyAsLong(row) - start;
                if (beyond % distance != 0 || beyond / distance >= Tiles.ROWS) {
                    break;
                }
                tiles.set((int) (beyond / distance), row++);
            }
        }
        return tiles;
    }

    /// The least distance from a row to the next: that of rows in the middle of many; below 1 if they do not ascend.
    static long distance(int rowCount, IntToLongFunction place) {
        long least = Long.MAX_VALUE;
        for (int row = 1; row < rowCount; row++) {
            least = Math.min(least, place.applyAsLong(row) - place.applyAsLong(row - 1));
        }
        return least == Long.MAX_VALUE ? 1 : least;
    }

    /// For code: for each position of each tile, where its row goes, or [SumsOut#NOWHERE]; 32-bit numbers.
    MemorySegment places(RowPlaces outputPlaces) {
        var places = new int[(count + 1) * Tiles.ROWS];
        Arrays.fill(places, SumsOut.NOWHERE);
        for (int i = 0; i < count * Tiles.ROWS; i++) {
            if (rows[i] != NONE) {
                places[i] = (int) outputPlaces.place(rows[i]);
            }
        }
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, places);
    }

    /// Adds a tile that begins at a byte.
    void add(long start) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            rows = Arrays.copyOf(rows, 2 * count * Tiles.ROWS);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        starts[count] = start;
        Arrays.fill(rows, count * Tiles.ROWS, (count + 1) * Tiles.ROWS, NONE);
        count++;
    }

    /// Says which row a position of the latest tile is.
    void set(int position, int row) {
        rows[(count - 1) * Tiles.ROWS + position] = row;
        ends[count - 1] = Math.max(ends[count - 1], row + 1);
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

    /// A tile's first row, where its first position is one.
    int firstRow(int tile) {
        return row(tile, 0);
    }

    /// The row after the last one of a tile.
    int endRow(int tile) {
        return ends[tile];
    }
}
