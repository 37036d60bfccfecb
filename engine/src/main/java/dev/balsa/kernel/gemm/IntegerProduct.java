package dev.balsa.kernel.gemm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Products of panels whose floats are integers between -255 and 255, summed exactly to ints.
///
/// A product is at most 255 * 255, and [PanelProduct#DEPTH] of them stay below 2^24, so that a float sum of that many
/// is exact; such sums are added up as ints. Immutable and thread-safe.
public final class IntegerProduct {
    private final PanelProduct product;
    private final PanelTile tile;

    /// Products by the given tiles.
    public IntegerProduct(PanelTile tile) {
        this.tile = tile;
        product = new PanelProduct(tile);
    }

    /// Bytes of scratch that [#multiply] needs.
    public long scratchBytes() {
        return 2 * tile.tileBytes();
    }

    /// As [PanelProduct#multiply] with at most [PanelProduct#DEPTH] for `k` and a result of ints; scratch from 0
    /// on.
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
            MemorySegment scratch) {
        var width = vectors * tile.lanes();
        var sumRow = (long) width * Float.BYTES;
        for (int row = 0; row < rows; row += PanelTile.ROWS) {
            var left = Math.min(PanelTile.ROWS, rows - row);
            product.multiply(
                    a,
                    aAt + row * aRow,
                    aRow,
                    left,
                    panel,
                    panelAt,
                    vectors,
                    k,
                    scratch,
                    0,
                    sumRow,
                    width,
                    false,
                    scratch,
                    tile.tileBytes());
            for (int i = 0; i < left; i++) {
                store(scratch, i * sumRow, c, cAt + (row + i) * cRow, columns, add);
            }
        }
    }

    private static void store(MemorySegment sums, long from, MemorySegment c, long to, int columns, boolean add) {
        for (int j = 0; j < columns; j++) {
            var sum = (int) sums.get(JAVA_FLOAT_UNALIGNED, from + (long) j * Float.BYTES);
            var at = to + (long) j * Integer.BYTES;
            c.set(JAVA_INT_UNALIGNED, at, add ? sum + c.get(JAVA_INT_UNALIGNED, at) : sum);
        }
    }
}
