package dev.balsa.kernel.amx;

import dev.balsa.kernel.Storage;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.TileProduct;
import java.util.List;
import java.util.Optional;

/// Rows of neighbouring floats at equal distances, whose length and whose columns are whole steps: those of a matrix,
/// or
/// the pixels of a pointwise convolution. Planes hold two blocks of rows, which take turns: while one of them is
/// multiplied, the next one is split ([SplitAhead]).
final class RowsAhead implements LeftLayout {
    /// Tiles that a plane holds.
    private static final int TILES = 4;
    /// Cycles in which 32 numbers are split between products (an estimate: some 20 operations of two ports for two
    /// parts).
    private static final double AHEAD_CYCLES = 7;

    private final long first;
    private final long distance;
    private final int length;
    private final int panels;
    private final long pitch;
    private final RowTiles tiles;
    private final List<Step> steps;

    private RowsAhead(TileProduct.Request request, Depth.Segment segment) {
        first = request.rows().place(0) + segment.offset();
        distance = RowsInPlace.distance(request);
        length = segment.length();
        panels = AmxPanels.count(request.columns());
        pitch = LeftLayout.pitch(length);
        tiles = RowTiles.dense(request.rows().count(), pitch);
        steps = Step.along(length);
    }

    /// The layout, if there are several blocks of rows.
    static Optional<RowsAhead> of(TileProduct.Request request) {
        boolean fits = request.left() == Storage.FLOATS
                && request.columns() % (AmxPanels.WIDTH * Tiles.COLUMNS) == 0
                && request.rows().count() > 2 * Tiles.ROWS;
        return fits
                ? RowsInPlace.segment(request)
                        .filter(segment -> segment.length() % Tiles.DEPTH == 0)
                        .map(segment -> new RowsAhead(request, segment))
                : Optional.empty();
    }

    /// Bytes from a row to the next where they are split from.
    long sourceStride() {
        return distance * Float.BYTES;
    }

    /// Bytes from where the left factor's memory begins to a band's second block of rows.
    long secondBlock(int from) {
        return (first + (tiles.firstRow(from) + 2L * Tiles.ROWS) * distance) * Float.BYTES;
    }

    /// Rows of a band behind its first block.
    int rowsBehind(int from, int to) {
        return Math.max(0, tiles.endRow(to - 1) - tiles.firstRow(from) - 2 * Tiles.ROWS);
    }

    /// Rows that are split while a panel goes by.
    int rowsPerPanel() {
        return Math.ceilDiv(2 * Tiles.ROWS, panels);
    }

    /// Bytes from a plane's beginning to a tile of its band.
    long start(int tile) {
        return tile % TILES * (long) Tiles.ROWS * pitch;
    }

    @Override
    public boolean allows(boolean asksPanels, int panelParts, int sections) {
        return !asksPanels && panelParts == 1 && sections == 1;
    }

    @Override
    public RowTiles tiles() {
        return tiles;
    }

    @Override
    public List<Step> steps() {
        return steps;
    }

    @Override
    public long reach() {
        return Step.reach(steps);
    }

    @Override
    public long cellStep() {
        return pitch;
    }

    /// The first block.
    @Override
    public void convert(int from, int to, Conversions conversions) {
        int start = tiles.firstRow(from);
        int end = Math.min(start + 2 * Tiles.ROWS, tiles.endRow(to - 1));
        for (int row = start; row < end; row++) {
            conversions.add(first + row * distance, (row - start) * pitch, length, pitch, row == start);
        }
    }

    @Override
    public long planeBytes(int from, int to) {
        return TILES * Tiles.ROWS * pitch;
    }

    @Override
    public double effort(int from, int to, double splitting, int parts) {
        double rows = tiles.endRow(to - 1) - tiles.firstRow(from);
        double begin = Math.min(rows, 2 * Tiles.ROWS);
        // A product of tiles and its sums' epilogue leave about half of the vectors' time.
        double beside = panels * AmxPanels.WIDTH * Bands.PRODUCT_CYCLES * parts / (2 * Tiles.ROWS);
        return steps.size() * (begin * splitting + (rows - begin) * Math.max(0, AHEAD_CYCLES * parts - beside));
    }
}
