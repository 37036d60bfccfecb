package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.TileProduct;
import java.util.List;

/// Rows whose segments are put together, so that only the end of a row is filled up: windows over images of few
/// channels, or such as lie at no equal distances. What they are of is split first, as it is seen ("flat"), then
/// copied by [GatherCode].
final class GatheredRows implements LeftLayout {
    /// Cycles in which a core copies 32 numbers of a part, or fewer.
    private static final double COPY_CYCLES = 2.5;

    private final TileProduct.Request request;
    private final Depth depth;
    private final RowTiles tiles;
    private final List<Step> steps;
    private final long reach;
    private final boolean ascends;
    private final long cell;
    private final int longest;

    private GatheredRows(TileProduct.Request request) {
        this.request = request;
        depth = request.depth().joined();
        tiles = RowTiles.dense(request.rows().count(), LeftLayout.pitch(Tiles.filled(depth.length())));
        steps = Step.along(depth.length());
        reach = Step.reach(steps);
        ascends = ascends();
        longest = request.depth().segments().stream()
                .mapToInt(Depth.Segment::length)
                .max()
                .orElse(0);
        long size = Cells.size(request);
        cell = longest <= size ? size : 0;
    }

    /// The layout, which there always is.
    static GatheredRows of(TileProduct.Request request) {
        return new GatheredRows(request);
    }

    private boolean ascends() {
        for (int row = 1; row < request.rows().count(); row++) {
            if (request.rows().place(row) < request.rows().place(row - 1)) {
                return false;
            }
        }
        return true;
    }

    /// What a row consists of.
    Depth depth() {
        return depth;
    }

    /// The first element that is split for a band.
    long first(int from) {
        long place = request.rows().place(tiles.firstRow(from));
        for (int row = 0; row < request.rows().count() && !ascends; row++) {
            place = Math.min(place, request.rows().place(row));
        }
        return place
                + depth.segments().stream()
                        .mapToLong(Depth.Segment::offset)
                        .min()
                        .orElse(0);
    }

    private long end(int to) {
        long place = request.rows().place(tiles.endRow(to - 1) - 1);
        for (int row = 0; row < request.rows().count() && !ascends; row++) {
            place = Math.max(place, request.rows().place(row));
        }
        return place
                + depth.segments().stream()
                        .mapToLong(segment -> segment.offset() + segment.length())
                        .max()
                        .orElse(0);
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
        long first = first(from);
        boolean isFirst = true;
        for (var piece : request.sight().pieces(first, end(to) - first)) {
            long length = piece.length() - unused(piece.seen() + piece.length());
            if (length > 0) {
                conversions.add(piece.at(), (piece.seen() - first) * Short.BYTES, length, 0, isFirst);
                isFirst = false;
            }
        }
    }

    /// Elements before one that no row sees: channels of other groups, which may lie beyond the memory's end.
    private long unused(long end) {
        return cell == 0 ? 0 : Math.max(0, Math.floorMod(end - 1, cell) + 1 - longest);
    }

    @Override
    public long flatBytes(int from, int to) {
        return (end(to) - first(from)) * Short.BYTES;
    }

    @Override
    public double effort(int from, int to) {
        double rows = tiles.endRow(to - 1) - tiles.firstRow(from);
        double copies = depth.segments().stream()
                .mapToDouble(segment -> Math.ceilDiv(segment.length(), Tiles.DEPTH))
                .sum();
        return (double) (end(to) - first(from)) / Tiles.DEPTH * SPLIT_CYCLES + rows * (copies + 1) * COPY_CYCLES;
    }
}
