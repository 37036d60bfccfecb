package dev.balsa.kernel.tile;

import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// How the columns of a right factor are divided into panels, and the panels packed.
///
/// A panel is a few vectors of columns wide and as deep as the factor; its rows lie one after the other, so that a
/// product reads it from front to back. Columns that fill the last vector up are zeros.
final class Panels {
    /// Panels of one vector make poor use of the multipliers, so an odd vector goes to a panel of three.
    private static final int ODD = 3;

    private final VectorUnit unit;
    private final int columns;
    private final int depth;
    private final List<Integer> vectors;
    private final List<Integer> firstVector = new ArrayList<>();

    /// @param columns at least 1
    Panels(VectorUnit unit, int columns, int depth) {
        this.unit = unit;
        this.columns = columns;
        this.depth = depth;
        vectors = divide(Math.ceilDiv(columns, unit.lanes()), TileCode.mostVectors(unit));
        int at = 0;
        for (int width : vectors) {
            firstVector.add(at);
            at += width;
        }
    }

    private static List<Integer> divide(int total, int most) {
        int usual = most == ODD ? ODD - 1 : most;
        var widths = new ArrayList<Integer>();
        int left = total;
        if (left > 1 && left % usual == 1) {
            widths.add(ODD);
            left -= ODD;
            if (left % usual != 0) {
                widths.add(left % usual);
                left -= left % usual;
            }
        }
        while (left > 0) {
            int width = Math.min(usual, left);
            widths.add(width);
            left -= width;
        }
        return widths;
    }

    /// The number of panels.
    int count() {
        return vectors.size();
    }

    /// The width of a panel in vectors.
    int vectors(int panel) {
        return vectors.get(panel);
    }

    /// The first column of a panel.
    int column(int panel) {
        return firstVector.get(panel) * unit.lanes();
    }

    /// How many lanes of a panel's last vector are columns.
    int lastLanes(int panel) {
        int end = column(panel) + vectors(panel) * unit.lanes();
        return unit.lanes() - Math.max(0, end - columns);
    }

    /// Where a row of a panel lies, in bytes.
    long place(int panel, int row) {
        return ((long) firstVector.get(panel) * depth + (long) row * vectors(panel)) * unit.bytes();
    }

    /// Bytes of all panels.
    long bytes() {
        return (long) (firstVector.getLast() + vectors.getLast()) * depth * unit.bytes();
    }

    /// Packs a factor whose element in row `r` and column `c` lies at element `rows(r) + c * columnStep`.
    void pack(MemorySegment source, RowPlaces.Rule rows, long columnStep, float factor, MemorySegment target) {
        var rowPlaces = new long[depth];
        for (int r = 0; r < depth; r++) {
            rowPlaces[r] = rows.place(r);
        }
        for (int panel = 0; panel < count(); panel++) {
            int first = column(panel);
            int width = Math.min(columns, first + vectors(panel) * unit.lanes()) - first;
            long rowBytes = (long) vectors(panel) * unit.bytes();
            long base = place(panel, 0);
            for (int c = 0; c < width; c++) {
                long from = (first + c) * columnStep;
                long to = base + (long) c * Float.BYTES;
                for (int r = 0; r < depth; r++) {
                    float value =
                            source.get(ValueLayout.JAVA_FLOAT_UNALIGNED, (rowPlaces[r] + from) * Float.BYTES) * factor;
                    target.set(ValueLayout.JAVA_FLOAT, to + r * rowBytes, value);
                }
            }
        }
    }

    /// Names the form of packed panels, for [dev.balsa.kernel.Constants].
    String form() {
        return "panels of " + unit.lanes() + " " + vectors + " x " + depth;
    }
}
