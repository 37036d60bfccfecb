package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Rows that are read where they lie in what they see ([FlatImage]), at any distance and one over the other: windows
/// over images of few channels, which need not be put together.
///
/// A tile is 16 rows at equal distances. A step is a piece of a segment, and reads what lies behind the segment's end
/// too, which is multiplied by zeros. So a row may become NaN by an infinite or NaN element in the next windows of the
/// same line, but by none of other lines: behind lines there must be zeros.
final class FlatRows implements LeftLayout {
    private final FlatImage image;
    private final RowTiles tiles;
    private final List<Step> steps = new ArrayList<>();
    private final long reach;

    private FlatRows(TileProduct.Request request, FlatImage image) {
        this.image = image;
        tiles = RowTiles.ascending(request.rows().count(), request.rows()::place, Short.BYTES);
        int first = 0;
        for (var segment : request.depth().joined().segments()) {
            for (int at = 0; at < segment.length(); at += Tiles.DEPTH) {
                int count = Math.min(Tiles.DEPTH, segment.length() - at);
                steps.add(new Step(first + at, count, (segment.offset() + at) * Short.BYTES));
            }
            first += segment.length();
        }
        reach = Step.reach(steps);
    }

    /// The layout, if rows ascend and overlap, and there is nothing between what they see that stays as it is.
    static Optional<FlatRows> of(TileProduct.Request request) {
        var image = new FlatImage(request);
        long least = request.depth().segments().stream()
                .mapToLong(Depth.Segment::offset)
                .min()
                .orElse(-1);
        long distance = RowTiles.distance(request.rows().count(), request.rows()::place);
        int shortest = request.depth().joined().segments().stream()
                .mapToInt(Depth.Segment::length)
                .min()
                .orElse(0);
        boolean isFit = least == 0
                && image.isSeenWhole()
                && distance > 0
                && distance < shortest
                && hasZerosBehindLines(request, distance);
        return isFit ? Optional.of(new FlatRows(request, image)) : Optional.empty();
    }

    /// Whether what the last rows of lines read behind their segments is zeros.
    private static boolean hasZerosBehindLines(TileProduct.Request request, long distance) {
        var rows = request.rows();
        for (int row = 0; row < rows.count(); row++) {
            if (row + 1 < rows.count() && rows.place(row + 1) - rows.place(row) == distance) {
                continue;
            }
            for (var segment : request.depth().joined().segments()) {
                long end = rows.place(row) + segment.offset() + segment.length();
                int behind = Tiles.filled(segment.length()) - segment.length();
                if (behind > 0 && request.sight().source(end, behind) != Sight.ZEROS) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public RowTiles tiles() {
        return tiles;
    }

    @Override
    public List<Step> steps() {
        return steps;
    }

    @Override
    public long reach() {
        return reach;
    }

    @Override
    public long cellStep() {
        return 0;
    }

    /// Zeros follow what is seen: the last rows read beyond it.
    @Override
    public void convert(int from, int to, Conversions conversions) {
        int first = tiles.firstRow(from);
        int end = tiles.endRow(to - 1);
        image.convert(first, end, conversions);
        long seen = image.end(end) - image.first(first);
        conversions.add(Sight.ZEROS, seen * Short.BYTES, Tiles.DEPTH, 0, false);
    }

    @Override
    public long planeBytes(int from, int to) {
        long seen = image.end(tiles.endRow(to - 1)) - image.first(tiles.firstRow(from));
        return Math.max(LeftLayout.super.planeBytes(from, to), (seen + Tiles.DEPTH) * Short.BYTES);
    }

    @Override
    public double effort(int from, int to, double splitting, int parts) {
        double seen = image.end(tiles.endRow(to - 1)) - image.first(tiles.firstRow(from));
        return seen / Tiles.DEPTH * splitting;
    }
}
