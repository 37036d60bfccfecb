package dev.balsa.kernel.tile;

import dev.balsa.kernel.Constants;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A constant right factor of 8-bit integers that is multiplied as quads: four neighbours along the depth, less
/// their zero points, by four bytes of the left factor as they are, without sign.
///
/// A step of a product adds neighbours in 16 bits, where they must fit whatever the bytes are: 255 times the sum
/// of two positive or two negative numbers. What is more than that is taken off, and makes another factor, of few
/// elements that are not zero, the remainder; it is multiplied by itself ([RemainderCode]).
///
/// Behind all panels there is a row of 32-bit integers: the sums of all columns, negated, for what the zero point
/// of the left factor takes away. Behind it, there are for each panel the entries of its remainder: their number,
/// then for each the places of four rows of turned bytes, four weights, and the place of the sums of the column.
/// Entries of a column do not follow each other, if others have some.
///
/// @param panels of quads
/// @param packed everything
/// @param remainders where the remainder of each panel is; empty if there is none of any
record QuadFactor(Panels panels, MemorySegment packed, List<Long> remainders) {
    /// Bytes of a quad.
    static final int QUAD = 4;
    /// Columns that are read at once: of rows of a matrix more than a few bytes.
    private static final int READ = 128;

    /// Copies the list.
    QuadFactor {
        remainders = List.copyOf(remainders);
    }

    /// A panel taken apart.
    private static final class Parts {
        private final int[] quads;
        private final int[] sums;
        private final int[] remainder;

        Parts(int[] quads, int[] sums, int[] remainder) {
            this.quads = quads;
            this.sums = sums;
            this.remainder = remainder;
        }
    }

    /// Packs a factor through `constants`.
    ///
    /// @param depth in quads: of each run as many as it takes to hold it
    static QuadFactor of(PairFactor right, VectorUnit unit, int depth, Constants constants) {
        var panels = new Panels(unit, right.columns(), depth);
        var parts = new ArrayList<Parts>();
        var remainders = new ArrayList<Long>();
        long at = panels.bytes() + panels.bytes() / depth;
        boolean isEmpty = true;
        var columns = new int[0][];
        int first = 0;
        for (int panel = 0; panel < panels.count(); panel++) {
            int column = panels.column(panel);
            int count = panels.columns(panel);
            if (column + count > first + columns.length) {
                first = column;
                columns = right.columns(first, Math.min(Math.max(count, READ), right.columns() - first), QUAD);
            }
            var part = split(columns, column - first, count, panels.vectors(panel) * unit.lanes(), depth);
            parts.add(part);
            remainders.add(at);
            at += (long) part.remainder.length * Integer.BYTES;
            isEmpty &= part.remainder.length == 1;
        }
        var packed = constants.packed(
                right.memory(),
                "quads in " + panels.form() + " of " + right.form(),
                at,
                target -> pack(panels, parts, remainders, target));
        return new QuadFactor(panels, packed, isEmpty ? List.of() : remainders);
    }

    private static Parts split(int[][] columns, int first, int count, int width, int depth) {
        var quads = new int[depth * width];
        var sums = new int[width];
        var all = new ArrayList<QuadColumn>();
        int entries = 0;
        for (int i = 0; i < count; i++) {
            var parts = new QuadColumn();
            sums[i] = parts.split(columns[first + i], quads, i, width);
            entries += parts.entries();
            all.add(parts);
        }
        return new Parts(quads, sums, remainder(all, entries));
    }

    /// First entries of all columns, then second ones, ….
    private static int[] remainder(List<QuadColumn> columns, int entries) {
        var numbers = new int[1 + entries * RemainderCode.ENTRY / Integer.BYTES];
        numbers[0] = entries;
        int at = 1;
        for (int entry = 0; at < numbers.length; entry++) {
            for (int column = 0; column < columns.size(); column++) {
                var parts = columns.get(column);
                if (entry < parts.entries()) {
                    for (int i = 0; i < QUAD; i++) {
                        numbers[at++] = parts.number(entry, i) * RowTurnCode.BLOCK;
                    }
                    numbers[at++] = parts.number(entry, QUAD);
                    numbers[at++] = column * RemainderCode.COLUMN;
                }
            }
        }
        return numbers;
    }

    private static void pack(Panels panels, List<Parts> parts, List<Long> remainders, MemorySegment target) {
        long sums = panels.bytes();
        for (int panel = 0; panel < panels.count(); panel++) {
            var part = parts.get(panel);
            MemorySegment.copy(part.quads, 0, target, ValueLayout.JAVA_INT, panels.place(panel, 0), part.quads.length);
            MemorySegment.copy(part.sums, 0, target, ValueLayout.JAVA_INT, sums, part.sums.length);
            MemorySegment.copy(
                    part.remainder, 0, target, ValueLayout.JAVA_INT, remainders.get(panel), part.remainder.length);
            sums += (long) part.sums.length * Integer.BYTES;
        }
    }

    /// Where a panel's negated sums of columns are.
    long sumsAt(int panel) {
        return panels.bytes() + (long) panels.column(panel) * Integer.BYTES;
    }

    /// Where a panel's remainder is, if there are some.
    long remainderAt(int panel) {
        return remainders.get(panel);
    }

    /// Whether any panel has a remainder.
    boolean hasRemainder() {
        return !remainders.isEmpty();
    }
}
