package dev.balsa.kernel.amx;

import dev.balsa.kernel.Storage;
import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.TileProduct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Rows at equal distances whose numbers are stored as tiles read them ([Storage#PARTS],
/// [Storage#BFLOAT16]): those of a matrix, or the pixels of a pointwise convolution. Tiles read them where they are.
///
/// The last tile ends with the last row, so that nothing behind it is read; rows that the tile before has are dropped.
/// In the same way the last step ends with the end of rows, and multiplies what the step before has by zeros.
final class RowsInPlace implements LeftLayout {
    /// Cycles in which a core gets 32 numbers from a cache that cores share, if they have been asked for in time.
    private static final double ASKED_CYCLES = 8;
    /// At multiples of this distance, rows fall into so few sets of the caches that tiles come later: so many cycles
    /// for 32 numbers, each time that they are loaded (measured on Sapphire Rapids at 2 and 4 KB: a step of 32 rows
    /// with a panel takes 55 cycles longer).
    private static final long BAD_DISTANCE = 2048;

    private static final double BAD_CYCLES = 1.7;

    private final int bytes;
    private final long first;
    private final RowTiles tiles;
    private final List<Step> steps = new ArrayList<>();
    private final int length;
    private final int panels;

    private RowsInPlace(TileProduct.Request request, Depth.Segment segment) {
        var rows = request.rows();
        first = rows.place(0) + segment.offset();
        length = segment.length();
        panels = AmxPanels.count(request.columns());
        bytes = request.left().bytes();
        tiles = RowTiles.within(rows.count(), distance(request) * bytes);
        for (int at = 0; at < length; at += Tiles.DEPTH) {
            int again = Math.max(0, at + Tiles.DEPTH - length);
            steps.add(new Step(at, Tiles.DEPTH - again, (long) (at - again) * bytes, again));
        }
    }

    /// The layout, if there are whole tiles of rows, all of which are pieces of the left factor's memory.
    static Optional<RowsInPlace> of(TileProduct.Request request) {
        return request.left() != Storage.FLOATS && request.rows().count() >= Tiles.ROWS
                ? segment(request)
                        .filter(segment -> segment.length() >= Tiles.DEPTH)
                        .map(segment -> new RowsInPlace(request, segment))
                : Optional.empty();
    }

    /// What rows consist of, if each is a piece of the left factor's memory, at equal distances.
    ///
    /// @param request of two rows or more
    static Optional<Depth.Segment> segment(TileProduct.Request request) {
        var segments = request.depth().joined().segments();
        var rows = request.rows();
        if (segments.size() != 1) {
            return Optional.empty();
        }
        var segment = segments.getFirst();
        long distance = distance(request);
        for (int row = 0; row < rows.count(); row++) {
            long place = rows.place(row);
            if (place != rows.place(0) + row * distance
                    || request.sight().source(place + segment.offset(), segment.length()) != place + segment.offset()) {
                return Optional.empty();
            }
        }
        return Optional.of(segment);
    }

    static long distance(TileProduct.Request request) {
        return request.rows().place(1) - request.rows().place(0);
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
        return (long) length * bytes;
    }

    @Override
    public long cellStep() {
        return 0;
    }

    @Override
    public void convert(int from, int to, Conversions conversions) {
        // They are as they must be.
    }

    @Override
    public Optional<Long> inPlace(int from) {
        return Optional.of(first * bytes + tiles.start(from));
    }

    /// What tiles read, though none of it is a copy.
    @Override
    public long planeBytes(int from, int to) {
        return (long) (to - from) * Tiles.ROWS * length * Short.BYTES;
    }

    @Override
    public double effort(int from, int to, double splitting, int parts) {
        double late = tiles.stride() % BAD_DISTANCE == 0 ? panels * BAD_CYCLES : 0;
        return (double) (to - from) * Tiles.ROWS * steps.size() * (ASKED_CYCLES + late) * parts / 2;
    }
}
