package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.TileProduct;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Cells of as many elements as a segment of depth has, filled up to whole steps, in the order in which they are
/// seen: the pixels of an image with its padding. Every pixel is split once, whatever number of windows it is in.
///
/// A tile is 16 cells at equal distances. Where an output row ends within them, they go on over cells that are no
/// output, up to those of the next row. With strides that would be far; so the cells that windows step over at once, in
/// both directions, lie together ([CellOrder]), and rows follow each other as with stride 1. Steps go through the
/// segments first, then through their length: windows
/// side by side share most of what they read, and it is still in the first-level cache.
final class CellGrid implements LeftLayout {
    private final TileProduct.Request request;
    private final CellOrder order;
    private final long cell;
    private final int length;
    private final long pitch;
    private final RowTiles tiles;
    private final List<Step> steps = new ArrayList<>();
    private final long reach;
    /// By segment, cells from where a row begins.
    private final int[] segmentCells;
    private final int furthest;

    private CellGrid(TileProduct.Request request, long cell) {
        this.request = request;
        order = CellOrder.of(request, cell);
        this.cell = cell;
        length = request.depth().segments().getFirst().length();
        pitch = LeftLayout.pitch(Tiles.filled(length));
        tiles = RowTiles.ascending(request.rows().count(), row -> order.position(cellOf(row)), pitch);
        segmentCells = request.depth().segments().stream()
                .mapToInt(segment -> (int) (segment.offset() / cell))
                .toArray();
        furthest = Arrays.stream(segmentCells).max().orElse(0);
        for (int at = 0; at < length; at += Tiles.DEPTH) {
            for (int i = 0; i < segmentCells.length; i++) {
                steps.add(new Step(
                        i * length + at,
                        Math.min(Tiles.DEPTH, length - at),
                        order.position(segmentCells[i]) * pitch + (long) at * Short.BYTES));
            }
        }
        reach = Step.reach(steps);
    }

    /// The layout, if rows and segments begin at cells, which do not overlap, and rows ascend.
    static Optional<CellGrid> of(TileProduct.Request request) {
        var segments = request.depth().segments();
        int length = segments.getFirst().length();
        long latest = -1;
        for (int row = 0; row < request.rows().count(); row++) {
            long place = request.rows().place(row);
            if (place <= latest) {
                return Optional.empty();
            }
            latest = place;
        }
        for (var segment : segments) {
            if (segment.length() != length || segment.offset() < 0) {
                return Optional.empty();
            }
        }
        long size = Cells.size(request);
        long cell = size == 0 ? length : size;
        return cell < length ? Optional.empty() : Optional.of(new CellGrid(request, cell));
    }

    private long cellOf(int row) {
        return request.rows().place(row) / cell;
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
        return order.together() * pitch;
    }

    @Override
    public void convert(int from, int to, Conversions conversions) {
        long first = cellOf(tiles.firstRow(from));
        var touched = touched(from, to, first);
        if (order.phases() == 1) {
            convertLines(touched, first, conversions);
        } else {
            convertPhases(touched, first, conversions);
        }
    }

    /// The cells that tiles see, counted from one.
    private BitSet touched(int from, int to, long first) {
        var touched = new BitSet();
        int end = tiles.endRow(to - 1);
        for (int row = tiles.firstRow(from); row < end; ) {
            int at = (int) (cellOf(row) - first);
            int count = 1;
            while (row + count < end && cellOf(row + count) - first == at + count) {
                count++;
            }
            for (int segment : segmentCells) {
                touched.set(at + segment, at + segment + count);
            }
            row += count;
        }
        return touched;
    }

    /// Cells that lie as they are seen, as many together as follow each other.
    private void convertLines(BitSet touched, long first, Conversions conversions) {
        boolean isFirst = true;
        for (int at = touched.nextSetBit(0); at >= 0; ) {
            int end = touched.nextClearBit(at);
            for (var piece : request.sight().pieces((first + at) * cell, (end - at) * cell)) {
                long target = (piece.seen() / cell - first) * pitch;
                conversions.add(piece.at(), cell, piece.length() / cell, target, length, pitch, isFirst);
                isFirst = false;
            }
            at = touched.nextSetBit(end);
        }
    }

    private void convertPhases(BitSet touched, long first, Conversions conversions) {
        boolean isFirst = true;
        for (int phase = 0; phase < order.phases(); phase++) {
            for (int at = touched.nextSetBit(0); at >= 0; at = touched.nextSetBit(at + 1)) {
                if (order.phase(first + at) == phase) {
                    long source = request.sight().source((first + at) * cell, length);
                    long target = (order.position(first + at) - order.position(first)) * pitch;
                    conversions.add(source, target, length, cellStep(), isFirst);
                    isFirst = false;
                }
            }
        }
    }

    @Override
    public double effort(int from, int to, double splitting, int parts) {
        double rows = tiles.endRow(to - 1) - tiles.firstRow(from);
        double span = order.position(cellOf(tiles.endRow(to - 1) - 1) + furthest)
                - order.position(cellOf(tiles.firstRow(from)))
                + 1.0;
        return Math.min(rows * segmentCells.length, span) * Math.ceilDiv(length, Tiles.DEPTH) * splitting;
    }
}
