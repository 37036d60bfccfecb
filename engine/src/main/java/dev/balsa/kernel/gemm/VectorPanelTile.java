package dev.balsa.kernel.gemm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Tiles in the preferred vectors of this JVM.
///
/// The optimising compiler keeps vectors in registers only while they are locals of one compiled method, and it stops
/// inlining when that method grows past a limit; hence a method per width, each with few enough memory accesses, and
/// stores to the tile without adding. The widest tile is chosen so that accumulators, panel vectors and broadcasts fit
/// the registers: 16 where vectors have less than 512 bits, 32 otherwise.
///
/// With 16 registers there are few to spare, and a compiler that unrolls a loop spills accumulators. It does not unroll
/// loops that advance by more bytes than a vector has: the loops of up to three vectors count bytes of the panel, and
/// the most frequent of them is unrolled here. Elements of A do not advance with the panel, so that the compiler cannot
/// lift the checks of their addresses out of the loop; they are read through [#MEMORY] after one check of the whole
/// row, at addresses whose sign bits are masked, which it knows to lie in there.
final class VectorPanelTile implements PanelTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorShuffle<Float> EVEN = VectorShuffle.makeUnzip(SPECIES, 0);
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final long BYTES = SPECIES.vectorByteSize();
    private static final int STEP = SPECIES.vectorByteSize();
    private static final int LANES = SPECIES.length();
    /// The bits of an address: 57 with five levels of page tables (Intel SDM, volume 3, 4-level and 5-level paging).
    private static final long ADDRESSES = (1L << 57) - 1;
    /// All memory there is, for rows that have been checked.
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Where a row of A lies, checked as a whole: the loop then reads it from [#MEMORY].
    private static long row(MemorySegment a, long at, int k) {
        Objects.checkFromIndexSize(at, 4L * k, a.byteSize());
        return (a.address() + at) & ADDRESSES;
    }

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public int vectors() {
        return LANES >= 16 ? 4 : 2;
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
        switch (vectors) {
            case 1 -> rows4x1(a, a0, a1, a2, a3, panel, panelAt, k, c, cAt, cRow);
            case 2 -> rows4x2(a, a0, a1, a2, a3, panel, panelAt, k, c, cAt, cRow);
            case 3 -> rows4x3(a, a0, a1, a2, a3, panel, panelAt, k, c, cAt, cRow);
            default -> rows4x4(a, a0, a1, a2, a3, panel, panelAt, k, c, cAt, cRow);
        }
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
        if (vectors == 4) {
            row1x4(a, aAt, panel, panelAt, k, c, cAt);
            return;
        }
        for (int v = 0; v < vectors; v++) {
            row1x1(a, aAt, panel, panelAt + (long) v * BYTES, (long) vectors * BYTES, k, c, cAt + (long) v * BYTES);
        }
    }

    @Override
    public void store(MemorySegment tile, long tileAt, MemorySegment c, long cAt, int columns, boolean add) {
        var whole = SPECIES.loopBound(columns);
        if (add) {
            for (int j = 0; j < whole; j += LANES) {
                FloatVector.fromMemorySegment(SPECIES, tile, tileAt + (long) j * 4, ORDER)
                        .add(FloatVector.fromMemorySegment(SPECIES, c, cAt + (long) j * 4, ORDER))
                        .intoMemorySegment(c, cAt + (long) j * 4, ORDER);
            }
        } else {
            for (int j = 0; j < whole; j += LANES) {
                FloatVector.fromMemorySegment(SPECIES, tile, tileAt + (long) j * 4, ORDER)
                        .intoMemorySegment(c, cAt + (long) j * 4, ORDER);
            }
        }
        PlainPanelTile.storeScalars(tile, tileAt, c, cAt, whole, columns, add);
    }

    @Override
    public void pack(MemorySegment source, long sourceAt, int step, MemorySegment panel, long panelAt, int count) {
        var done = switch (step) {
            case 1 -> packContiguous(source, sourceAt, panel, panelAt, count);
            case 2 -> packEven(source, sourceAt, panel, panelAt, count);
            default -> 0;
        };
        PlainPanelTile.packScalars(source, sourceAt, step, panel, panelAt, done, count);
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

    @Override
    public void packZeroRows(MemorySegment panel, long panelAt, long panelRow, int rows, int count) {
        var zero = FloatVector.zero(SPECIES);
        for (int j = 0; j < count; j += LANES) {
            var mask = SPECIES.indexInRange(j, count);
            for (int i = 0; i < rows; i++) {
                zero.intoMemorySegment(panel, panelAt + (long) j * 4 + i * panelRow, ORDER, mask);
            }
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

    @Override
    public void packZeros(MemorySegment panel, long panelAt, int count) {
        var zero = FloatVector.zero(SPECIES);
        for (int j = 0; j < count; j += LANES) {
            zero.intoMemorySegment(panel, panelAt + (long) j * 4, ORDER);
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

    private static void row1x4(
            MemorySegment a, long aAt, MemorySegment panel, long panelAt, int k, MemorySegment c, long cAt) {
        var x = FloatVector.zero(SPECIES);
        var y = x;
        var z = x;
        var w = x;
        for (int i = 0; i < k; i++) {
            var s = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT_UNALIGNED, aAt + (long) i * 4));
            x = s.fma(FloatVector.fromMemorySegment(SPECIES, panel, panelAt + (long) i * (4 * BYTES), ORDER), x);
            y = s.fma(
                    FloatVector.fromMemorySegment(SPECIES, panel, panelAt + (long) i * (4 * BYTES) + BYTES, ORDER), y);
            z = s.fma(
                    FloatVector.fromMemorySegment(SPECIES, panel, panelAt + (long) i * (4 * BYTES) + 2 * BYTES, ORDER),
                    z);
            w = s.fma(
                    FloatVector.fromMemorySegment(SPECIES, panel, panelAt + (long) i * (4 * BYTES) + 3 * BYTES, ORDER),
                    w);
        }
        x.intoMemorySegment(c, cAt, ORDER);
        y.intoMemorySegment(c, cAt + BYTES, ORDER);
        z.intoMemorySegment(c, cAt + 2 * BYTES, ORDER);
        w.intoMemorySegment(c, cAt + 3 * BYTES, ORDER);
    }

    private static void row1x1(
            MemorySegment a,
            long aAt,
            MemorySegment panel,
            long panelAt,
            long panelStep,
            int k,
            MemorySegment c,
            long cAt) {
        var x = FloatVector.zero(SPECIES);
        for (int i = 0; i < k; i++) {
            var s = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT_UNALIGNED, aAt + (long) i * 4));
            x = s.fma(FloatVector.fromMemorySegment(SPECIES, panel, panelAt + i * panelStep, ORDER), x);
        }
        x.intoMemorySegment(c, cAt, ORDER);
    }

    private static void rows4x1(
            MemorySegment a,
            long a0,
            long a1,
            long a2,
            long a3,
            MemorySegment panel,
            long panelAt,
            int k,
            MemorySegment c,
            long cAt,
            long cRow) {
        var r0 = row(a, a0, k);
        var r1 = row(a, a1, k);
        var r2 = row(a, a2, k);
        var r3 = row(a, a3, k);
        var x0 = FloatVector.zero(SPECIES);
        var x1 = x0;
        var x2 = x0;
        var x3 = x0;
        for (int i = 0, p = 0; p < k * STEP; p += STEP, i += 4) {
            var at = (long) (i & Integer.MAX_VALUE);
            var b0 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + p, ORDER);
            var s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r0 + at));
            x0 = s.fma(b0, x0);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r1 + at));
            x1 = s.fma(b0, x1);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r2 + at));
            x2 = s.fma(b0, x2);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r3 + at));
            x3 = s.fma(b0, x3);
        }
        x0.intoMemorySegment(c, cAt, ORDER);
        x1.intoMemorySegment(c, cAt + cRow, ORDER);
        x2.intoMemorySegment(c, cAt + 2 * cRow, ORDER);
        x3.intoMemorySegment(c, cAt + 3 * cRow, ORDER);
    }

    private static void rows4x2(
            MemorySegment a,
            long a0,
            long a1,
            long a2,
            long a3,
            MemorySegment panel,
            long panelAt,
            int k,
            MemorySegment c,
            long cAt,
            long cRow) {
        var r0 = row(a, a0, k);
        var r1 = row(a, a1, k);
        var r2 = row(a, a2, k);
        var r3 = row(a, a3, k);
        var x0 = FloatVector.zero(SPECIES);
        var y0 = x0;
        var x1 = x0;
        var y1 = x0;
        var x2 = x0;
        var y2 = x0;
        var x3 = x0;
        var y3 = x0;
        int p = 0;
        int i = 0;
        for (; p < (k - 1) * (2 * STEP); p += 4 * STEP, i += 8) {
            var at = (long) (i & Integer.MAX_VALUE);
            var b0 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + p, ORDER);
            var b1 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + p + BYTES, ORDER);
            var s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r0 + at));
            x0 = s.fma(b0, x0);
            y0 = s.fma(b1, y0);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r1 + at));
            x1 = s.fma(b0, x1);
            y1 = s.fma(b1, y1);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r2 + at));
            x2 = s.fma(b0, x2);
            y2 = s.fma(b1, y2);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r3 + at));
            x3 = s.fma(b0, x3);
            y3 = s.fma(b1, y3);
            b0 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + p + 2 * BYTES, ORDER);
            b1 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + p + 3 * BYTES, ORDER);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r0 + at + 4));
            x0 = s.fma(b0, x0);
            y0 = s.fma(b1, y0);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r1 + at + 4));
            x1 = s.fma(b0, x1);
            y1 = s.fma(b1, y1);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r2 + at + 4));
            x2 = s.fma(b0, x2);
            y2 = s.fma(b1, y2);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r3 + at + 4));
            x3 = s.fma(b0, x3);
            y3 = s.fma(b1, y3);
        }
        if ((k & 1) != 0) {
            var at = 4L * (k - 1);
            var b0 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + p, ORDER);
            var b1 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + p + BYTES, ORDER);
            var s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r0 + at));
            x0 = s.fma(b0, x0);
            y0 = s.fma(b1, y0);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r1 + at));
            x1 = s.fma(b0, x1);
            y1 = s.fma(b1, y1);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r2 + at));
            x2 = s.fma(b0, x2);
            y2 = s.fma(b1, y2);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r3 + at));
            x3 = s.fma(b0, x3);
            y3 = s.fma(b1, y3);
        }
        x0.intoMemorySegment(c, cAt, ORDER);
        y0.intoMemorySegment(c, cAt + BYTES, ORDER);
        x1.intoMemorySegment(c, cAt + cRow, ORDER);
        y1.intoMemorySegment(c, cAt + cRow + BYTES, ORDER);
        x2.intoMemorySegment(c, cAt + 2 * cRow, ORDER);
        y2.intoMemorySegment(c, cAt + 2 * cRow + BYTES, ORDER);
        x3.intoMemorySegment(c, cAt + 3 * cRow, ORDER);
        y3.intoMemorySegment(c, cAt + 3 * cRow + BYTES, ORDER);
    }

    private static void rows4x3(
            MemorySegment a,
            long a0,
            long a1,
            long a2,
            long a3,
            MemorySegment panel,
            long panelAt,
            int k,
            MemorySegment c,
            long cAt,
            long cRow) {
        var r0 = row(a, a0, k);
        var r1 = row(a, a1, k);
        var r2 = row(a, a2, k);
        var r3 = row(a, a3, k);
        var x0 = FloatVector.zero(SPECIES);
        var y0 = x0;
        var z0 = x0;
        var x1 = x0;
        var y1 = x0;
        var z1 = x0;
        var x2 = x0;
        var y2 = x0;
        var z2 = x0;
        var x3 = x0;
        var y3 = x0;
        var z3 = x0;
        for (int i = 0, p = 0; p < k * (3 * STEP); p += 3 * STEP, i += 4) {
            var at = (long) (i & Integer.MAX_VALUE);
            var b0 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + p, ORDER);
            var b1 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + p + BYTES, ORDER);
            var b2 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + p + 2 * BYTES, ORDER);
            var s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r0 + at));
            x0 = s.fma(b0, x0);
            y0 = s.fma(b1, y0);
            z0 = s.fma(b2, z0);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r1 + at));
            x1 = s.fma(b0, x1);
            y1 = s.fma(b1, y1);
            z1 = s.fma(b2, z1);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r2 + at));
            x2 = s.fma(b0, x2);
            y2 = s.fma(b1, y2);
            z2 = s.fma(b2, z2);
            s = FloatVector.broadcast(SPECIES, MEMORY.get(JAVA_FLOAT_UNALIGNED, r3 + at));
            x3 = s.fma(b0, x3);
            y3 = s.fma(b1, y3);
            z3 = s.fma(b2, z3);
        }
        x0.intoMemorySegment(c, cAt, ORDER);
        y0.intoMemorySegment(c, cAt + BYTES, ORDER);
        z0.intoMemorySegment(c, cAt + 2 * BYTES, ORDER);
        x1.intoMemorySegment(c, cAt + cRow, ORDER);
        y1.intoMemorySegment(c, cAt + cRow + BYTES, ORDER);
        z1.intoMemorySegment(c, cAt + cRow + 2 * BYTES, ORDER);
        x2.intoMemorySegment(c, cAt + 2 * cRow, ORDER);
        y2.intoMemorySegment(c, cAt + 2 * cRow + BYTES, ORDER);
        z2.intoMemorySegment(c, cAt + 2 * cRow + 2 * BYTES, ORDER);
        x3.intoMemorySegment(c, cAt + 3 * cRow, ORDER);
        y3.intoMemorySegment(c, cAt + 3 * cRow + BYTES, ORDER);
        z3.intoMemorySegment(c, cAt + 3 * cRow + 2 * BYTES, ORDER);
    }

    private static void rows4x4(
            MemorySegment a,
            long a0,
            long a1,
            long a2,
            long a3,
            MemorySegment panel,
            long panelAt,
            int k,
            MemorySegment c,
            long cAt,
            long cRow) {
        var x0 = FloatVector.zero(SPECIES);
        var y0 = x0;
        var z0 = x0;
        var w0 = x0;
        var x1 = x0;
        var y1 = x0;
        var z1 = x0;
        var w1 = x0;
        var x2 = x0;
        var y2 = x0;
        var z2 = x0;
        var w2 = x0;
        var x3 = x0;
        var y3 = x0;
        var z3 = x0;
        var w3 = x0;
        for (int i = 0; i < k; i++) {
            var b0 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + (long) i * (4 * BYTES), ORDER);
            var b1 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + (long) i * (4 * BYTES) + BYTES, ORDER);
            var b2 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + (long) i * (4 * BYTES) + 2 * BYTES, ORDER);
            var b3 = FloatVector.fromMemorySegment(SPECIES, panel, panelAt + (long) i * (4 * BYTES) + 3 * BYTES, ORDER);
            var s = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT_UNALIGNED, a0 + (long) i * 4));
            x0 = s.fma(b0, x0);
            y0 = s.fma(b1, y0);
            z0 = s.fma(b2, z0);
            w0 = s.fma(b3, w0);
            s = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT_UNALIGNED, a1 + (long) i * 4));
            x1 = s.fma(b0, x1);
            y1 = s.fma(b1, y1);
            z1 = s.fma(b2, z1);
            w1 = s.fma(b3, w1);
            s = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT_UNALIGNED, a2 + (long) i * 4));
            x2 = s.fma(b0, x2);
            y2 = s.fma(b1, y2);
            z2 = s.fma(b2, z2);
            w2 = s.fma(b3, w2);
            s = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT_UNALIGNED, a3 + (long) i * 4));
            x3 = s.fma(b0, x3);
            y3 = s.fma(b1, y3);
            z3 = s.fma(b2, z3);
            w3 = s.fma(b3, w3);
        }
        x0.intoMemorySegment(c, cAt, ORDER);
        y0.intoMemorySegment(c, cAt + BYTES, ORDER);
        z0.intoMemorySegment(c, cAt + 2 * BYTES, ORDER);
        w0.intoMemorySegment(c, cAt + 3 * BYTES, ORDER);
        x1.intoMemorySegment(c, cAt + cRow, ORDER);
        y1.intoMemorySegment(c, cAt + cRow + BYTES, ORDER);
        z1.intoMemorySegment(c, cAt + cRow + 2 * BYTES, ORDER);
        w1.intoMemorySegment(c, cAt + cRow + 3 * BYTES, ORDER);
        x2.intoMemorySegment(c, cAt + 2 * cRow, ORDER);
        y2.intoMemorySegment(c, cAt + 2 * cRow + BYTES, ORDER);
        z2.intoMemorySegment(c, cAt + 2 * cRow + 2 * BYTES, ORDER);
        w2.intoMemorySegment(c, cAt + 2 * cRow + 3 * BYTES, ORDER);
        x3.intoMemorySegment(c, cAt + 3 * cRow, ORDER);
        y3.intoMemorySegment(c, cAt + 3 * cRow + BYTES, ORDER);
        z3.intoMemorySegment(c, cAt + 3 * cRow + 2 * BYTES, ORDER);
        w3.intoMemorySegment(c, cAt + 3 * cRow + 3 * BYTES, ORDER);
    }
}
