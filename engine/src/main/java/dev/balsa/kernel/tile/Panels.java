package dev.balsa.kernel.tile;

import dev.balsa.kernel.code.VectorUnit;
import java.util.ArrayList;
import java.util.List;

/// How the columns of a right factor are divided into panels.
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

    /// Panels for products of any number of rows.
    ///
    /// @param columns at least 1
    Panels(VectorUnit unit, int columns, int depth) {
        this(unit, columns, depth, TileShape.usualVectors(unit));
    }

    /// Panels of a usual width.
    ///
    /// @param usual vectors of most panels; none has more, but for an odd one of three vectors
    Panels(VectorUnit unit, int columns, int depth, int usual) {
        this.unit = unit;
        this.columns = columns;
        this.depth = depth;
        vectors = divide(Math.ceilDiv(columns, unit.lanes()), usual);
        int at = 0;
        for (int width : vectors) {
            firstVector.add(at);
            at += width;
        }
    }

    /// Wide panels are made about equal; of narrow ones all are of the usual width, but for the one of three.
    private static List<Integer> divide(int total, int usual) {
        var widths = new ArrayList<Integer>();
        if (usual >= ODD) {
            int panels = Math.ceilDiv(total, usual);
            for (int panel = 0; panel < panels; panel++) {
                widths.add(total / panels + (panel < total % panels ? 1 : 0));
            }
            return widths;
        }
        int left = total;
        if (usual == ODD - 1 && left > 1 && left % usual == 1) {
            widths.add(ODD);
            left -= ODD;
        }
        while (left > 0) {
            int width = Math.min(usual, left);
            widths.add(width);
            left -= width;
        }
        return widths;
    }

    /// The widths of all panels in vectors.
    List<Integer> widths() {
        return vectors;
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

    /// How many columns of a panel are columns of the factor.
    int columns(int panel) {
        return Math.min(columns - column(panel), vectors(panel) * unit.lanes());
    }

    /// Where a row of a panel lies, in bytes.
    long place(int panel, int row) {
        return ((long) firstVector.get(panel) * depth + (long) row * vectors(panel)) * unit.bytes();
    }

    /// Bytes of so many rows of the widest panel.
    long mostBytes(int rows) {
        int widest = vectors.stream().mapToInt(Integer::intValue).max().orElseThrow();
        return (long) rows * widest * unit.bytes();
    }

    /// Bytes of a panel.
    long bytes(int panel) {
        return bytes(panel, depth);
    }

    /// Bytes of so many rows of a panel.
    long bytes(int panel, int rows) {
        return (long) rows * vectors(panel) * unit.bytes();
    }

    /// Whether two panels are equally wide and full.
    boolean isSameKind(int panel, int other) {
        return vectors(panel) == vectors(other) && lastLanes(panel) == lastLanes(other);
    }

    /// Bytes of all panels.
    long bytes() {
        return (long) (firstVector.getLast() + vectors.getLast()) * depth * unit.bytes();
    }

    /// Names the form of packed panels, for [dev.balsa.kernel.Constants].
    String form() {
        return "panels of " + unit.lanes() + " " + vectors + " x " + depth;
    }
}
