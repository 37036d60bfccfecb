package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.TileProduct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The rows of a left factor of bytes where they lie in memory, in tiles of 16 at equal distances, and the steps of
/// depth along them. Positions of a tile that are no row are multiplied as well, and dropped.
///
/// A step reads 64 bytes of each row. The last one of a segment that is no multiple of that begins early enough to
/// end with it; what it reads again is multiplied by zeros. Segments of fewer bytes are a shorter step each.
///
/// @param tiles by their bytes from the left factor's start
/// @param firstRows of each tile, and behind them the number of all rows
/// @param depth bytes of a step
/// @param steps in the order of the right factor's rows
record ByteRows(RowTiles tiles, List<Integer> firstRows, int depth, List<ByteStep> steps) {
    /// Bytes of a step of depth, at most.
    private static final int MOST_DEPTH = 64;

    /// A step of depth.
    ///
    /// @param offset bytes from where a row begins
    /// @param first its first byte among all of the depth
    /// @param skipped how many of its first bytes earlier steps have done
    record ByteStep(long offset, int first, int skipped) {}

    /// Copies the lists.
    ByteRows {
        firstRows = List.copyOf(firstRows);
        steps = List.copyOf(steps);
    }

    /// The tiles, if rows ascend, and segments are such that all their steps are equally long.
    ///
    /// @param bytes of the left factor's memory, behind which nothing may be read; copied ones have slack
    static Optional<ByteRows> of(TileProduct.Request request, long bytes) {
        var segments = request.depth().joined().segments();
        long shortest = Long.MAX_VALUE;
        long longest = 0;
        long reach = 0;
        for (var segment : segments) {
            long length = (long) segment.length() * Integer.BYTES;
            shortest = Math.min(shortest, length);
            longest = Math.max(longest, length);
            reach = Math.max(reach, segment.offset() * Integer.BYTES + length);
        }
        if (shortest < MOST_DEPTH && shortest != longest) {
            return Optional.empty();
        }
        int depth = (int) Math.min(MOST_DEPTH, shortest);
        var steps = new ArrayList<ByteStep>();
        int first = 0;
        for (var segment : segments) {
            int length = segment.length() * Integer.BYTES;
            for (int at = 0; at < length; at += depth) {
                int from = Math.min(at, length - depth);
                steps.add(new ByteStep(segment.offset() * Integer.BYTES + from, first + from, at - from));
            }
            first += length;
        }
        return tiles(request, bytes - reach, depth, steps);
    }

    /// @param last where the last position of a tile may begin
    private static Optional<ByteRows> tiles(TileProduct.Request request, long last, int depth, List<ByteStep> steps) {
        var rows = request.rows();
        long distance = Long.MAX_VALUE;
        for (int row = 1; row < rows.count(); row++) {
            distance = Math.min(distance, rows.place(row) - rows.place(row - 1));
        }
        if (distance <= 0 || rows.count() < 2) {
            return Optional.empty();
        }
        var tiles = new RowTiles(distance * Integer.BYTES);
        var firstRows = new ArrayList<Integer>();
        int row = 0;
        while (row < rows.count()) {
            long start = rows.place(row) * Integer.BYTES;
            long beyond = start + (Tiles.ROWS - 1) * tiles.stride() - last;
            int shift = beyond <= 0 ? 0 : Math.toIntExact(Math.ceilDiv(beyond, tiles.stride()));
            start -= shift * tiles.stride();
            if (start < 0 || shift >= Tiles.ROWS) {
                return Optional.empty();
            }
            tiles.add(start);
            firstRows.add(row);
            while (row < rows.count()) {
                long from = rows.place(row) * Integer.BYTES - start;
                if (from % tiles.stride() != 0 || from / tiles.stride() >= Tiles.ROWS) {
                    break;
                }
                tiles.set((int) (from / tiles.stride()), row++);
            }
        }
        firstRows.add(rows.count());
        return Optional.of(new ByteRows(tiles, firstRows, depth, steps));
    }
}
