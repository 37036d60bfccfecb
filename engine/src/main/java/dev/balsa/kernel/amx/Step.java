package dev.balsa.kernel.amx;

import java.util.ArrayList;
import java.util.List;

/// Some steps of depth, at most as many as a tile has; zeros fill up the rest.
///
/// @param first the first of them: a row of the right factor
/// @param count how many
/// @param offset bytes from where a tile of rows begins to what is read of its first row
/// @param before how many numbers that are read before these steps are multiplied by zeros
record Step(int first, int count, long offset, int before) {
    /// Steps that are read from the first one on.
    Step(int first, int count, long offset) {
        this(first, count, offset, 0);
    }

    /// Bytes from where a tile of rows begins to the end of the last of its first row.
    static long reach(List<Step> steps) {
        return steps.stream().mapToLong(Step::offset).max().orElse(0) + Tiles.ROW_BYTES;
    }

    /// The steps along rows that lie densely.
    static List<Step> along(int depth) {
        var steps = new ArrayList<Step>();
        for (int at = 0; at < depth; at += Tiles.DEPTH) {
            steps.add(new Step(at, Math.min(Tiles.DEPTH, depth - at), (long) at * Short.BYTES));
        }
        return steps;
    }
}
