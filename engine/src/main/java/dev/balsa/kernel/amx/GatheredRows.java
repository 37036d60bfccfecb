package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.TileProduct;
import java.util.List;

/// Rows whose segments are put together, so that only the end of a row is filled up: windows over images of few
/// channels, or such as lie at no equal distances. What they are of is split first, as it is seen ("flat"), then
/// copied by [GatherCode].
final class GatheredRows implements LeftLayout {
    /// Cycles in which a core copies 32 numbers of a part, or fewer.
    static final double COPY_CYCLES = 9;

    private final Depth depth;
    private final FlatImage image;
    private final RowTiles tiles;
    private final List<Step> steps;
    private final long reach;
    /// How many copies make a row.
    private final double copies;

    private GatheredRows(TileProduct.Request request) {
        depth = request.depth().joined();
        image = new FlatImage(request);
        tiles = RowTiles.dense(request.rows().count(), LeftLayout.pitch(Tiles.filled(depth.length())));
        steps = Step.along(depth.length());
        reach = Step.reach(steps);
        long pieces = 1;
        for (var segment : depth.segments()) {
            pieces += Math.ceilDiv(segment.length(), Tiles.DEPTH);
        }
        copies = pieces;
    }

    /// The layout, which there always is.
    static GatheredRows of(TileProduct.Request request) {
        return new GatheredRows(request);
    }

    /// What a row consists of.
    Depth depth() {
        return depth;
    }

    /// The first element that is split for a band.
    long first(int from) {
        return image.first(tiles.firstRow(from));
    }

    private long end(int to) {
        return image.end(tiles.endRow(to - 1));
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

    @Override
    public void convert(int from, int to, Conversions conversions) {
        image.convert(tiles.firstRow(from), tiles.endRow(to - 1), conversions);
    }

    @Override
    public long flatBytes(int from, int to) {
        return (end(to) - first(from)) * Short.BYTES;
    }

    @Override
    public double effort(int from, int to, double splitting, int parts) {
        double rows = tiles.endRow(to - 1) - tiles.firstRow(from);
        return (double) (end(to) - first(from)) / Tiles.DEPTH * splitting + rows * copies * COPY_CYCLES * parts;
    }
}
