package dev.balsa.kernel.gemm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Brings the right factor of a product into panels: the columns are cut into panels of the tile's width, the last one
/// as many vectors wide as it needs; each panel is a dense matrix of `k` rows; panel follows panel.
final class PanelPacking {
    private final PanelTile tile;
    private final GemmOperand b;
    private final int n;
    private final int k;

    PanelPacking(PanelTile tile, GemmOperand b, int n, int k) {
        this.tile = tile;
        this.b = b;
        this.n = n;
        this.k = k;
    }

    int panels() {
        return (n + tile.width() - 1) / tile.width();
    }

    int columns(int panel) {
        return Math.min(tile.width(), n - panel * tile.width());
    }

    int vectors(int panel) {
        return tile.vectorsFor(columns(panel));
    }

    /// Where row `row` of a panel begins in the packed form of the whole matrix.
    long at(int panel, int row) {
        var width = (long) vectors(panel) * tile.lanes();
        return ((long) panel * tile.width() * k + row * width) * Float.BYTES;
    }

    /// Bytes of the packed form of the whole matrix, with the slack that packing needs.
    long bytes() {
        return ((long) tile.vectorsFor(n) * tile.lanes() * k + tile.lanes()) * Float.BYTES;
    }

    /// Packs the whole matrix that begins at element `offset` of `source`.
    void packAll(MemorySegment source, long offset, MemorySegment target) {
        for (int panel = 0; panel < panels(); panel++) {
            pack(source, offset, panel, 0, k, target, at(panel, 0));
        }
    }

    /// Packs `depth` rows from row `from` on of one panel.
    void pack(MemorySegment source, long offset, int panel, int from, int depth, MemorySegment target, long targetAt) {
        var columns = columns(panel);
        var rowBytes = (long) vectors(panel) * tile.lanes() * Float.BYTES;
        var first = (offset + from * b.rowStep() + (long) panel * tile.width() * b.columnStep()) * Float.BYTES;
        if (b.transposed()) {
            transpose(source, first, b.rowStride() * Float.BYTES, columns, depth, target, targetAt, rowBytes);
            tile.packPadding(target, targetAt, rowBytes, depth, columns);
            return;
        }
        tile.packRows(source, first, b.rowStride() * Float.BYTES, 1, target, targetAt, rowBytes, depth, columns);
        tile.packPadding(target, targetAt, rowBytes, depth, columns);
    }

    private static void transpose(
            MemorySegment source,
            long sourceAt,
            long sourceRow,
            int columns,
            int depth,
            MemorySegment target,
            long targetAt,
            long targetRow) {
        for (int row = 0; row < depth; row++) {
            var at = targetAt + row * targetRow;
            for (int j = 0; j < columns; j++) {
                var value = source.get(JAVA_FLOAT_UNALIGNED, sourceAt + j * sourceRow + (long) row * Float.BYTES);
                target.set(JAVA_FLOAT_UNALIGNED, at + (long) j * Float.BYTES, value);
            }
        }
    }
}
