package dev.balsa.kernel.gemm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;

/// Tiles in plain loops.
final class PlainPanelTile implements PanelTile {
    private static final int LANES = VectorProvider.PLAIN.lanes();

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public int vectors() {
        return 4;
    }

    @Override
    public void multiply(
            MemorySegment a,
            long a0,
            long a1,
            long a2,
            long a3,
            MemorySegment panel,
            long panelAt,
            int vectors,
            int k,
            MemorySegment c,
            long cAt,
            long cRow) {
        multiplyRow(a, a0, panel, panelAt, vectors, k, c, cAt);
        multiplyRow(a, a1, panel, panelAt, vectors, k, c, cAt + cRow);
        multiplyRow(a, a2, panel, panelAt, vectors, k, c, cAt + 2 * cRow);
        multiplyRow(a, a3, panel, panelAt, vectors, k, c, cAt + 3 * cRow);
    }

    @Override
    public void multiplyRow(
            MemorySegment a,
            long aAt,
            MemorySegment panel,
            long panelAt,
            int vectors,
            int k,
            MemorySegment c,
            long cAt) {
        var width = vectors * LANES;
        packZeros(c, cAt, width);
        for (int i = 0; i < k; i++) {
            var s = a.get(JAVA_FLOAT_UNALIGNED, aAt + (long) i * 4);
            var row = panelAt + (long) i * width * 4;
            for (int j = 0; j < width; j++) {
                var sum = c.get(JAVA_FLOAT_UNALIGNED, cAt + (long) j * 4)
                        + s * panel.get(JAVA_FLOAT_UNALIGNED, row + (long) j * 4);
                c.set(JAVA_FLOAT_UNALIGNED, cAt + (long) j * 4, sum);
            }
        }
    }

    @Override
    public void store(MemorySegment tile, long tileAt, MemorySegment c, long cAt, int columns, boolean add) {
        storeScalars(tile, tileAt, c, cAt, 0, columns, add);
    }

    @Override
    public void pack(MemorySegment source, long sourceAt, int step, MemorySegment panel, long panelAt, int count) {
        packScalars(source, sourceAt, step, panel, panelAt, 0, count);
    }

    @Override
    public void packRows(
            MemorySegment source,
            long sourceAt,
            long sourceRow,
            int step,
            MemorySegment panel,
            long panelAt,
            long panelRow,
            int rows,
            int count) {
        for (int i = 0; i < rows; i++) {
            packScalars(source, sourceAt + i * sourceRow, step, panel, panelAt + i * panelRow, 0, count);
        }
    }

    @Override
    public void packZeros(MemorySegment panel, long panelAt, int count) {
        for (int j = 0; j < count; j++) {
            panel.set(JAVA_FLOAT_UNALIGNED, panelAt + (long) j * 4, 0f);
        }
    }

    static void storeScalars(
            MemorySegment tile, long tileAt, MemorySegment c, long cAt, int from, int columns, boolean add) {
        for (int j = from; j < columns; j++) {
            var value = tile.get(JAVA_FLOAT_UNALIGNED, tileAt + (long) j * 4);
            var old = add ? c.get(JAVA_FLOAT_UNALIGNED, cAt + (long) j * 4) : 0f;
            c.set(JAVA_FLOAT_UNALIGNED, cAt + (long) j * 4, add ? old + value : value);
        }
    }

    static void packScalars(
            MemorySegment source, long sourceAt, int step, MemorySegment panel, long panelAt, int from, int count) {
        for (int j = from; j < count; j++) {
            var value = source.get(JAVA_FLOAT_UNALIGNED, sourceAt + (long) j * step * 4);
            panel.set(JAVA_FLOAT_UNALIGNED, panelAt + (long) j * 4, value);
        }
    }
}
