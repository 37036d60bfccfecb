package dev.balsa.kernel.gemm;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Packs panels for [VectorPanelTile], as [PanelTile] says.
final class VectorPanelPacking {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorShuffle<Float> EVEN = VectorShuffle.makeUnzip(SPECIES, 0);
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final long BYTES = SPECIES.vectorByteSize();
    private static final int LANES = SPECIES.length();

    private VectorPanelPacking() {}

    static void pack(MemorySegment source, long sourceAt, int step, MemorySegment panel, long panelAt, int count) {
        var done = switch (step) {
            case 1 -> packContiguous(source, sourceAt, panel, panelAt, count);
            case 2 -> packEven(source, sourceAt, panel, panelAt, count);
            default -> 0;
        };
        PlainPanelTile.packScalars(source, sourceAt, step, panel, panelAt, done, count);
    }

    static void packRows(
            MemorySegment source,
            long sourceAt,
            long sourceRow,
            int step,
            MemorySegment panel,
            long panelAt,
            long panelRow,
            int rows,
            int count) {
        if (step == 1 && count == 2 * LANES) {
            packTwo(source, sourceAt, sourceRow, panel, panelAt, panelRow, rows);
            return;
        }
        var whole = SPECIES.loopBound(count);
        for (int j = 0; j < count; j += LANES) {
            var from = sourceAt + (long) j * 4 * step;
            var to = panelAt + (long) j * 4;
            var last = from + (rows - 1) * sourceRow;
            if (step == 2 && last + 2 * BYTES <= source.byteSize()) {
                packEvenColumn(source, from, sourceRow, panel, to, panelRow, rows, count - j);
            } else if (step != 1) {
                packScalarColumn(source, from, sourceRow, step, panel, to, panelRow, rows, Math.min(LANES, count - j));
            } else if (j < whole) {
                packColumn(source, from, sourceRow, panel, to, panelRow, rows);
            } else if (last + BYTES <= source.byteSize()) {
                packColumn(source, from, sourceRow, panel, to, panelRow, rows, count - j);
            } else {
                packScalarColumn(source, from, sourceRow, 1, panel, to, panelRow, rows, count - j);
            }
        }
    }

    static void packZeroRows(MemorySegment panel, long panelAt, long panelRow, int rows, int count) {
        var zero = FloatVector.zero(SPECIES);
        for (int j = 0; j < count; j += LANES) {
            var mask = SPECIES.indexInRange(j, count);
            for (int i = 0; i < rows; i++) {
                zero.intoMemorySegment(panel, panelAt + (long) j * 4 + i * panelRow, ORDER, mask);
            }
        }
    }

    static void packZeros(MemorySegment panel, long panelAt, int count) {
        var zero = FloatVector.zero(SPECIES);
        for (int j = 0; j < count; j += LANES) {
            zero.intoMemorySegment(panel, panelAt + (long) j * 4, ORDER);
        }
    }

    /// A row after the other: each brings whole lines of the cache.
    private static void packTwo(
            MemorySegment source,
            long sourceAt,
            long sourceRow,
            MemorySegment panel,
            long panelAt,
            long panelRow,
            int rows) {
        for (int i = 0; i < rows; i++) {
            var from = sourceAt + i * sourceRow;
            var to = panelAt + i * panelRow;
            var x = FloatVector.fromMemorySegment(SPECIES, source, from, ORDER);
            var y = FloatVector.fromMemorySegment(SPECIES, source, from + BYTES, ORDER);
            x.intoMemorySegment(panel, to, ORDER);
            y.intoMemorySegment(panel, to + BYTES, ORDER);
        }
    }

    private static void packColumn(
            MemorySegment source,
            long sourceAt,
            long sourceRow,
            MemorySegment panel,
            long panelAt,
            long panelRow,
            int rows) {
        for (int i = 0; i < rows; i++) {
            FloatVector.fromMemorySegment(SPECIES, source, sourceAt + i * sourceRow, ORDER)
                    .intoMemorySegment(panel, panelAt + i * panelRow, ORDER);
        }
    }

    /// The mask is made here because it would be an object as an argument of a method that is not inlined.
    private static void packColumn(
            MemorySegment source,
            long sourceAt,
            long sourceRow,
            MemorySegment panel,
            long panelAt,
            long panelRow,
            int rows,
            int count) {
        var mask = SPECIES.indexInRange(0, count);
        for (int i = 0; i < rows; i++) {
            FloatVector.fromMemorySegment(SPECIES, source, sourceAt + i * sourceRow, ORDER)
                    .intoMemorySegment(panel, panelAt + i * panelRow, ORDER, mask);
        }
    }

    private static void packEvenColumn(
            MemorySegment source,
            long sourceAt,
            long sourceRow,
            MemorySegment panel,
            long panelAt,
            long panelRow,
            int rows,
            int count) {
        var mask = SPECIES.indexInRange(0, count);
        for (int i = 0; i < rows; i++) {
            var low = FloatVector.fromMemorySegment(SPECIES, source, sourceAt + i * sourceRow, ORDER);
            var high = FloatVector.fromMemorySegment(SPECIES, source, sourceAt + i * sourceRow + BYTES, ORDER);
            low.rearrange(EVEN, high).intoMemorySegment(panel, panelAt + i * panelRow, ORDER, mask);
        }
    }

    private static void packScalarColumn(
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
            PlainPanelTile.packScalars(source, sourceAt + i * sourceRow, step, panel, panelAt + i * panelRow, 0, count);
        }
    }

    private static int packContiguous(
            MemorySegment source, long sourceAt, MemorySegment panel, long panelAt, int count) {
        var reach = (source.byteSize() - sourceAt) / 4 - LANES;
        int j = 0;
        for (; j < count && j <= reach; j += LANES) {
            FloatVector.fromMemorySegment(SPECIES, source, sourceAt + (long) j * 4, ORDER)
                    .intoMemorySegment(panel, panelAt + (long) j * 4, ORDER);
        }
        return j;
    }

    private static int packEven(MemorySegment source, long sourceAt, MemorySegment panel, long panelAt, int count) {
        var reach = ((source.byteSize() - sourceAt) / 4 - 2L * LANES) >> 1;
        int j = 0;
        for (; j < count && j <= reach; j += LANES) {
            var low = FloatVector.fromMemorySegment(SPECIES, source, sourceAt + (long) j * 8, ORDER);
            var high = FloatVector.fromMemorySegment(SPECIES, source, sourceAt + (long) j * 8 + BYTES, ORDER);
            low.rearrange(EVEN, high).intoMemorySegment(panel, panelAt + (long) j * 4, ORDER);
        }
        return j;
    }
}
