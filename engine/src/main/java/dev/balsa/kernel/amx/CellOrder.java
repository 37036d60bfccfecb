package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;

/// In which order the cells of an image lie: as they are seen, or so that those lie together which windows with strides
/// step over at once: as many lines of as many cells.
///
/// @param step cells from a window to the next, and lines likewise; 1 for cells as they are seen
/// @param line cells from a line to the next
record CellOrder(long step, long line) {
    private static final CellOrder SEEN = new CellOrder(1, Long.MAX_VALUE);

    /// The order of the cells of an image whose windows step equally far in both directions; where they do not, or do
    /// not all begin at multiples of that, that in which they are seen.
    ///
    /// @param cell elements of each
    static CellOrder of(TileProduct.Request request, long cell) {
        var rows = request.rows();
        long step = RowTiles.distance(rows.count(), rows::place) / cell;
        long line = line(request.sight(), cell);
        if (step <= 1 || line <= 1) {
            return SEEN;
        }
        for (int row = 0; row < rows.count(); row++) {
            long at = rows.place(row) / cell;
            if (at % line % step != 0 || at / line % step != 0) {
                return SEEN;
            }
        }
        return new CellOrder(step, line);
    }

    /// The least distance of lines, as far as there are several; else 0.
    private static long line(Sight sight, long cell) {
        long least = Long.MAX_VALUE;
        for (int i = 1; i < sight.runs().size(); i++) {
            least = Math.min(
                    least, sight.runs().get(i).seen() - sight.runs().get(i - 1).seen());
        }
        return least == Long.MAX_VALUE ? 0 : least / cell;
    }

    /// How many cells lie together.
    long together() {
        return step * step;
    }

    /// How many cells of a line lie together: equal ones of neighbouring heaps are at equal distances.
    int phases() {
        return (int) step;
    }

    /// Which of the cells of a line that lie together one is.
    int phase(long cell) {
        return (int) (cell % line % step);
    }

    /// Where a cell lies.
    long position(long cell) {
        if (step == 1) {
            return cell;
        }
        long row = cell / line;
        long column = cell % line;
        long heap = row / step * Math.ceilDiv(line, step) + column / step;
        return heap * together() + row % step * step + column % step;
    }
}
