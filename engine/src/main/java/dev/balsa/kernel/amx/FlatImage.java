package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.Depth;
import dev.balsa.kernel.tile.TileProduct;

/// What the rows of a band see, in the order of memory, with the zeros around it: an image whose elements are split
/// once, however many windows they are in.
final class FlatImage {
    private final TileProduct.Request request;
    private final long least;
    private final long most;
    private final boolean ascends;
    private final long cell;
    private final int longest;

    FlatImage(TileProduct.Request request) {
        this.request = request;
        var segments = request.depth().segments();
        least = segments.stream().mapToLong(Depth.Segment::offset).min().orElse(0);
        most = segments.stream()
                .mapToLong(segment -> segment.offset() + segment.length())
                .max()
                .orElse(0);
        longest = segments.stream().mapToInt(Depth.Segment::length).max().orElse(0);
        long size = Cells.size(request);
        cell = longest <= size ? size : 0;
        boolean orderly = true;
        for (int row = 1; row < request.rows().count(); row++) {
            orderly &= request.rows().place(row) >= request.rows().place(row - 1);
        }
        ascends = orderly;
    }

    /// Whether some row sees each element from the first to the last: there are no channels of other groups.
    boolean isSeenWhole() {
        return cell == 0 || longest == cell;
    }

    /// The first element that rows see.
    ///
    /// @param from the first of them
    long first(int from) {
        long place = request.rows().place(from);
        for (int row = 0; row < request.rows().count() && !ascends; row++) {
            place = Math.min(place, request.rows().place(row));
        }
        return place + least;
    }

    /// The element behind the last one that rows see.
    ///
    /// @param to the row behind the last of them
    long end(int to) {
        long place = request.rows().place(to - 1);
        for (int row = 0; row < request.rows().count() && !ascends; row++) {
            place = Math.max(place, request.rows().place(row));
        }
        return place + most;
    }

    /// Says that all that the rows `from` to `to` (exclusive) see is to be split.
    void convert(int from, int to, Conversions conversions) {
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
}
