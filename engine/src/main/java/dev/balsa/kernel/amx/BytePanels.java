package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.PairFactor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The packed form of a right factor of 8-bit integers less their zero points, which fit in 8 bits: panels of two
/// tiles of columns, in which for every step of depth there is a tile of quads of rows per 16 columns. Behind all
/// panels there are the sums of the columns, negated, in 32 bits. Zeros fill up steps and columns.
///
/// @param rows whose steps the factor has
record BytePanels(ByteRows rows, int columns) {
    /// Tiles of columns of a panel.
    static final int WIDTH = 2;

    private static final int QUAD = 4;

    private int columnTiles() {
        return Math.ceilDiv(columns, Tiles.COLUMNS);
    }

    /// The number of panels.
    int count() {
        return Math.ceilDiv(columnTiles(), WIDTH);
    }

    /// Tiles of columns of a panel.
    int tiles(int panel) {
        return Math.min(WIDTH, columnTiles() - panel * WIDTH);
    }

    /// The first column of a panel.
    int column(int panel) {
        return panel * WIDTH * Tiles.COLUMNS;
    }

    /// How many columns a panel's last tile has.
    int lastColumns(int panel) {
        return Math.min(Tiles.COLUMNS, columns - (panel * WIDTH + tiles(panel) - 1) * Tiles.COLUMNS);
    }

    private int tileBytes() {
        return rows.depth() * Tiles.COLUMNS;
    }

    /// Where a panel lies, in bytes.
    long place(int panel) {
        return (long) panel * WIDTH * rows.steps().size() * tileBytes();
    }

    /// Where the sums of a panel's columns lie.
    long sumsAt(int panel) {
        return (long) columnTiles() * rows.steps().size() * tileBytes() + (long) column(panel) * Integer.BYTES;
    }

    /// Bytes of all.
    long bytes() {
        return sumsAt(0) + (long) columnTiles() * Tiles.ROW_BYTES;
    }

    /// Names the form, for [dev.balsa.kernel.Constants].
    String form() {
        return "tiles of bytes, " + columns + " columns, depth " + rows.depth() + ", steps "
                + rows.steps().stream()
                        .map(step -> step.first() + "+" + step.skipped())
                        .toList();
    }

    /// Packs a factor.
    ///
    /// @param target zeros, [#bytes] of them
    void pack(PairFactor right, MemorySegment target) {
        for (int panel = 0; panel < count(); panel++) {
            var packed = new byte[tiles(panel) * rows.steps().size() * tileBytes()];
            var all = right.columns(column(panel), Math.min(columns - column(panel), WIDTH * Tiles.COLUMNS), QUAD);
            for (int i = 0; i < all.length; i++) {
                int at = i / Tiles.COLUMNS * tileBytes() + i % Tiles.COLUMNS * QUAD;
                for (var step : rows.steps()) {
                    pack(all[i], step, packed, at);
                    at += tiles(panel) * tileBytes();
                }
                int sum = 0;
                for (int number : all[i]) {
                    sum -= number;
                }
                target.set(ValueLayout.JAVA_INT, sumsAt(panel) + (long) i * Integer.BYTES, sum);
            }
            MemorySegment.copy(packed, 0, target, ValueLayout.JAVA_BYTE, place(panel), packed.length);
        }
    }

    private void pack(int[] column, ByteRows.ByteStep step, byte[] packed, int at) {
        for (int i = step.skipped(); i < rows.depth(); i++) {
            packed[at + i / QUAD * Tiles.ROW_BYTES + i % QUAD] = (byte) column[step.first() + i];
        }
    }
}
