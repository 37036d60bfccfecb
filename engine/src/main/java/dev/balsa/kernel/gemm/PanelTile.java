package dev.balsa.kernel.gemm;

import dev.balsa.kernel.vector.VectorProvider;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The innermost loops of a blocked product: a few rows of A times a packed panel of B, and what it takes to pack
/// panels.
///
/// A panel of `v` vectors and depth `k` is a dense row-major matrix of `k` rows and `v * lanes` columns. All positions
/// and steps are in bytes. Panels and tiles lie in scratch or packed memory; only [#store] touches results. No method
/// reads or writes outside the elements that it names, but for the packing methods, which may write up to [#lanes]
/// elements more than asked: panels are packed in ascending order and the memory holds that many elements of slack at
/// its end.
///
/// Immutable and thread-safe.
public sealed interface PanelTile permits VectorPanelTile, PlainPanelTile {
    /// Rows of a full tile.
    int ROWS = 4;

    /// The form for a provider.
    static PanelTile of(VectorProvider provider) {
        return switch (provider) {
            case VECTOR_API -> new VectorPanelTile();
            case PLAIN -> new PlainPanelTile();
        };
    }

    /// Floats per vector.
    int lanes();

    /// Vectors in the widest panel, 1 to 4.
    int vectors();

    /// Columns of the widest panel.
    default int width() {
        return lanes() * vectors();
    }

    /// Bytes of a tile as [#multiply] writes it.
    default long tileBytes() {
        return (long) ROWS * width() * Float.BYTES;
    }

    /// The number of vectors that hold `columns` columns.
    default int vectorsFor(int columns) {
        return (columns + lanes() - 1) / lanes();
    }

    /// Writes to `c` the product of [#ROWS] rows of A, `k` contiguous floats at each of the positions, and a panel.
    void multiply(
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
            long cRow);

    /// As [#multiply] for a single row of A.
    void multiplyRow(
            MemorySegment a,
            long aAt,
            MemorySegment panel,
            long panelAt,
            int vectors,
            int k,
            MemorySegment c,
            long cAt);

    /// Stores a row of a tile to a result, or adds it to the result.
    void store(MemorySegment tile, long tileAt, MemorySegment c, long cAt, int columns, boolean add);

    /// Packs `count` floats that lie `step` floats apart.
    void pack(MemorySegment source, long sourceAt, int step, MemorySegment panel, long panelAt, int count);

    /// Packs `rows` rows of `count` floats that lie `step` floats apart; steps from row to row in bytes. Writes
    /// nothing more.
    void packRows(
            MemorySegment source,
            long sourceAt,
            long sourceRow,
            int step,
            MemorySegment panel,
            long panelAt,
            long panelRow,
            int rows,
            int count);

    /// Packs `rows` rows of `count` zeros. Writes nothing more.
    default void packZeroRows(MemorySegment panel, long panelAt, long panelRow, int rows, int count) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < count; j++) {
                panel.set(ValueLayout.JAVA_FLOAT_UNALIGNED, panelAt + i * panelRow + (long) j * Float.BYTES, 0f);
            }
        }
    }

    /// Packs `count` zeros.
    void packZeros(MemorySegment panel, long panelAt, int count);

    /// Fills with zeros what `columns` columns leave of a panel's rows.
    default void packPadding(MemorySegment panel, long panelAt, long panelRow, int rows, int columns) {
        var at = panelAt + (long) columns * Float.BYTES;
        var padding = (int) (panelRow / Float.BYTES) - columns;
        packZeroRows(panel, at, panelRow, rows, padding);
    }
}
