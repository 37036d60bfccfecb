package dev.balsa.cli.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// Text in columns as wide as their widest entry.
public final class Table {
    private static final int WIDEST = 60;

    private final List<String> head;
    private final List<List<String>> rows = new ArrayList<>();

    /// A table without rows.
    ///
    /// @param head titles of columns; one that begins with a space has its column aligned to the right, and where
    ///     one ends with a space long entries lose their end
    public Table(String... head) {
        this.head = List.of(head);
    }

    /// Adds a row with an entry per column; long entries lose their beginning, or their end.
    public void add(String... entries) {
        var row = new ArrayList<String>();
        for (var entry : entries) {
            row.add(entry.length() <= WIDEST ? entry : shortened(entry, head.get(row.size())));
        }
        rows.add(row);
    }

    private static String shortened(String entry, String title) {
        return title.endsWith(" ")
                ? entry.substring(0, WIDEST - 1) + "…"
                : "…" + entry.substring(entry.length() - WIDEST + 1);
    }

    /// Prints titles and rows.
    public void print(PrintWriter out) {
        out.println(line(head));
        rows.forEach(row -> out.println(line(row)));
    }

    private String line(List<String> entries) {
        var line = new StringBuilder();
        for (int column = 0; column < entries.size(); column++) {
            var entry = entries.get(column).strip();
            var gap = " ".repeat(width(column) - entry.length());
            line.append(column == 0 ? "" : "  ").append(head.get(column).startsWith(" ") ? gap + entry : entry + gap);
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        int width = head.get(column).strip().length();
        for (var row : rows) {
            width = Math.max(width, row.get(column).strip().length());
        }
        return width;
    }
}
