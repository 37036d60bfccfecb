package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.RowPlaces;
import dev.balsa.kernel.tile.Sight;
import dev.balsa.kernel.tile.TileProduct;
import java.util.List;
import java.util.Optional;

/// Rows of neighbouring elements, one after the other, filled up to whole steps: those of a matrix, or the pixels
/// of a pointwise convolution.
final class DenseRows implements LeftLayout {
    private final RowPlaces rows;
    private final Depth.Segment segment;
    private final Sight sight;
    private final Optional<TileProduct.Factors> factors;
    private final long pitch;
    private final RowTiles tiles;
    private final List<Step> steps;
    private final long reach;

    private DenseRows(TileProduct.Request request, Depth.Segment segment) {
        this.rows = request.rows();
        this.segment = segment;
        this.sight = request.sight();
        this.factors = request.factors();
        pitch = LeftLayout.pitch(Tiles.filled(segment.length()));
        tiles = RowTiles.dense(rows.count(), pitch);
        steps = Step.along(segment.length());
        reach = Step.reach(steps);
    }

    /// The layout, if each row is a piece of the left factor's memory, or zeros.
    static Optional<DenseRows> of(TileProduct.Request request) {
        var segments = request.depth().joined().segments();
        if (segments.size() != 1) {
            return Optional.empty();
        }
        var layout = new DenseRows(request, segments.getFirst());
        for (int row = 0; row < layout.rows.count(); row++) {
            if (layout.source(row) == Sight.MIXED) {
                return Optional.empty();
            }
        }
        return Optional.of(layout);
    }

    private long source(int row) {
        return sight.source(rows.place(row) + segment.offset(), segment.length());
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
        return pitch;
    }

    @Override
    public void convert(int from, int to, Conversions conversions) {
        int first = tiles.firstRow(from);
        for (int row = first; row < tiles.endRow(to - 1); row++) {
            conversions.add(source(row), factor(row), (row - first) * pitch, segment.length(), pitch, row == first);
        }
    }

    /// Where a row's factors are among all.
    private long factor(int row) {
        return factors.map(rowed -> (long) (row / rowed.rows()) * segment.length())
                .orElse(0L);
    }

    @Override
    public double effort(int from, int to, double splitting, int parts) {
        return (double) (tiles.endRow(to - 1) - tiles.firstRow(from)) * steps.size() * splitting;
    }
}
