package dev.balsa.kernel.gemm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
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
/// the most frequent of them is unrolled here. Nor may such a loop check what it reads: whether a compiler lifts the
/// checks of bounds and of lifetime out of it differs from run to run, and where it does not, the tile takes three
/// times
/// as long. Hence rows and panel are checked as wholes, and then read through [#MEMORY], which outlives everything, at
/// addresses and offsets whose sign bits are masked, so that the compiler knows them to lie in there. The memory itself
/// stays open because a run holds its model open.
final class VectorPanelTile implements PanelTile {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
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
        return address(a, at, 4L * k);
    }

    /// As [#row] for a panel.
    private static long panel(MemorySegment panel, long at, int vectors, int k) {
        return address(panel, at, BYTES * vectors * k);
    }

    /// Small enough that a compiler inlines it in every tile, which `Objects.checkFromIndexSize` is not.
    private static long address(MemorySegment segment, long at, long bytes) {
        if (at < 0 || at > segment.byteSize() - bytes) {
            throw outside(segment, at, bytes);
        }
        return (segment.address() + at) & ADDRESSES;
    }

    private static IndexOutOfBoundsException outside(MemorySegment segment, long at, long bytes) {
        return new IndexOutOfBoundsException(
                "a factor's %d bytes at %d of memory of %d bytes".formatted(bytes, at, segment.byteSize()));
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
        VectorPanelPacking.pack(source, sourceAt, step, panel, panelAt, count);
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
        VectorPanelPacking.packRows(source, sourceAt, sourceRow, step, panel, panelAt, panelRow, rows, count);
    }

    @Override
    public void packZeroRows(MemorySegment panel, long panelAt, long panelRow, int rows, int count) {
        VectorPanelPacking.packZeroRows(panel, panelAt, panelRow, rows, count);
    }

    @Override
    public void packZeros(MemorySegment panel, long panelAt, int count) {
        VectorPanelPacking.packZeros(panel, panelAt, count);
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
        var b = panel(panel, panelAt, 1, k);
        var x0 = FloatVector.zero(SPECIES);
        var x1 = x0;
        var x2 = x0;
        var x3 = x0;
        for (int i = 0, p = 0; p < k * STEP; p += STEP, i += 4) {
            var at = (long) (i & Integer.MAX_VALUE);
            var to = b + (p & Integer.MAX_VALUE);
            var b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER);
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
        var b = panel(panel, panelAt, 2, k);
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
            var to = b + (p & Integer.MAX_VALUE);
            var b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER);
            var b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, to + BYTES, ORDER);
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
            b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, to + 2 * BYTES, ORDER);
            b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, to + 3 * BYTES, ORDER);
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
            var to = b + (p & Integer.MAX_VALUE);
            var b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER);
            var b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, to + BYTES, ORDER);
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
        var b = panel(panel, panelAt, 3, k);
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
            var to = b + (p & Integer.MAX_VALUE);
            var b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER);
            var b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, to + BYTES, ORDER);
            var b2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, to + 2 * BYTES, ORDER);
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
