package dev.balsa.kernel.depthfirst;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Into which pieces links are divided: each makes some rows of the last link's output of an image, and of the others
/// what is seen for that. Rows that several pieces see are made for each anew.
///
/// @param links of which only the last one's output is seen by others
/// @param externals how many operands come from outside
/// @param count pieces of an image
public record Pieces(List<Link> links, int externals, int count) {
    private static final long LINE = 64;

    /// Where what a link makes lies while a piece is made.
    ///
    /// @param at bytes from the beginning of a worker's memory for that
    /// @param bytes how long
    record Place(long at, long bytes) {
        long end() {
            return at + bytes;
        }
    }

    /// Copies the list.
    public Pieces {
        links = List.copyOf(links);
    }

    /// The same with the means of rows that the last layer makes.
    public Optional<Pieces> withRowMeans() {
        return last().withRowMeans().map(layer -> {
            var more = new ArrayList<>(links);
            more.set(links.size() - 1, new Link(layer, links.getLast().operands()));
            return new Pieces(more, externals, count);
        });
    }

    /// The last of the links.
    Layer last() {
        return links.getLast().layer();
    }

    /// How many images there are.
    public int images() {
        return last().images();
    }

    /// For each link, the rows that a piece makes of it.
    public List<RowRange> rows(int piece) {
        int last = links.size() - 1;
        var rows = new @Nullable RowRange[links.size()];
        rows[last] = RowRange.part(last().outputRows(), piece, count);
        for (int i = last; i >= 0; i--) {
            var link = links.get(i);
            var made = Objects.requireNonNull(rows[i], "what nobody sees");
            for (int operand = 0; operand < link.operands().size(); operand++) {
                int source = link.operands().get(operand) - externals;
                if (source >= 0) {
                    var seen = seen(link, operand, made);
                    var before = rows[source];
                    rows[source] = before == null ? seen : before.with(seen);
                }
            }
        }
        return List.of(rows);
    }

    /// The rows of an operand that a link looks at for some of its output.
    static RowRange seen(Link link, int operand, RowRange rows) {
        return operand == 0 ? link.layer().sees(rows) : rows;
    }

    /// Whether all pieces can be made by themselves.
    public boolean areSupported() {
        for (int piece = 0; piece < count; piece++) {
            var rows = rows(piece);
            for (int i = 0; i < links.size(); i++) {
                if (!links.get(i).layer().supports(rows.get(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    /// Where a piece has what links hand on: each where nothing lies that is still looked at.
    ///
    /// @param rows of each link
    List<Place> places(List<RowRange> rows) {
        var places = new ArrayList<Place>();
        for (int i = 0; i < links.size() - 1; i++) {
            long bytes = rows.get(i).count() * links.get(i).layer().outputRowBytes();
            long at = 0;
            boolean moved = true;
            while (moved) {
                moved = false;
                for (int other = 0; other < i; other++) {
                    var place = places.get(other);
                    if (lastUse(other) >= i && place.at() < at + bytes && at < place.end()) {
                        at = Math.ceilDiv(place.end(), LINE) * LINE;
                        moved = true;
                    }
                }
            }
            places.add(new Place(at, bytes));
        }
        return places;
    }

    /// The last link that looks at what another one makes.
    private int lastUse(int made) {
        int last = made;
        for (int i = made + 1; i < links.size(); i++) {
            if (links.get(i).operands().contains(externals + made)) {
                last = i;
            }
        }
        return last;
    }

    /// Memory in which any piece has what links hand on.
    public long bytes() {
        long most = 0;
        for (int piece = 0; piece < count; piece++) {
            for (var place : places(rows(piece))) {
                most = Math.max(most, place.end());
            }
        }
        return Math.ceilDiv(most, LINE) * LINE;
    }
}
