package dev.balsa.kernel.gemm;

import java.lang.foreign.MemorySegment;

/// A block of rows of A times one packed panel, stored or added to the result. Immutable and thread-safe.
public final class PanelProduct {
    /// The longest sum taken in one go: panels of this depth stay close to the core.
    public static final int DEPTH = 256;

    private final PanelTile tile;

    /// Products by the given tiles.
    public PanelProduct(PanelTile tile) {
        this.tile = tile;
    }

    /// The innermost loops.
    public PanelTile tile() {
        return tile;
    }

    /// The length of the sums from `from` on that are taken in one go, out of `k`.
    public static int depth(int from, int k) {
        return Math.min(DEPTH, k - from);
    }

    /// Multiplies; positions and steps are in bytes.
    ///
    /// @param aRow from one row of A to the next; within a row the `k` floats are contiguous
    /// @param columns the panel's columns that belong to the result, at most `vectors` vectors
    /// @param add whether to add to the result instead of replacing it
    /// @param scratch room for a tile at `tileAt`
    public void multiply(
            MemorySegment a,
            long aAt,
            long aRow,
            int rows,
            MemorySegment panel,
            long panelAt,
            int vectors,
            int k,
            MemorySegment c,
            long cAt,
            long cRow,
            int columns,
            boolean add,
            MemorySegment scratch,
            long tileAt) {
        var width = vectors * tile.lanes();
        var direct = !add && columns == width;
        for (int row = 0; row < rows; row += PanelTile.ROWS) {
            var left = Math.min(PanelTile.ROWS, rows - row);
            var first = aAt + row * aRow;
            var out = cAt + row * cRow;
            var toResult = direct && (left == PanelTile.ROWS || left == 1);
            var target = toResult ? c : scratch;
            var targetAt = toResult ? out : tileAt;
            var targetRow = toResult ? cRow : (long) width * Float.BYTES;
            if (left == 1) {
                tile.multiplyRow(a, first, panel, panelAt, vectors, k, target, targetAt);
            } else {
                var second = first + aRow;
                var third = first + Math.min(2, left - 1) * aRow;
                var fourth = first + (left - 1) * aRow;
                tile.multiply(a, first, second, third, fourth, panel, panelAt, vectors, k, target, targetAt, targetRow);
            }
            if (!toResult) {
                for (int i = 0; i < left; i++) {
                    tile.store(scratch, tileAt + i * targetRow, c, out + i * cRow, columns, add);
                }
            }
        }
    }
}
