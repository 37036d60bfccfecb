package dev.balsa.kernel.depthfirst;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Into which pieces links are divided: each makes some rows of the last link's output of an image, and of the others
/// what is seen for that.
///
/// Pieces that follow each other are a stripe, which one worker makes from its first piece to its last. So rows of a
/// piece that the next one sees, too, stay in the worker's memory, and only those are made that were not made before.
/// What several stripes see is made for each anew.
///
/// @param links of which only the last one's output is seen by others
/// @param externals how many operands come from outside
/// @param count pieces of an image
/// @param stripes of an image, at most as many as pieces
public record Pieces(List<Link> links, int externals, int count, int stripes) {
    private static final long LINE = 64;
    /// Pieces of a stripe after which the others are like the last one.
    private static final int FEW = 2;

    /// Where what a link hands on lies, while any piece is made.
    ///
    /// @param at bytes from the beginning of a worker's memory for that
    /// @param bytes how long
    record Place(long at, long bytes) {
        long end() {
            return at + bytes;
        }
    }

    /// What a piece does about a link.
    ///
    /// @param made the rows that it makes; none if all that is seen is there already
    /// @param held the rows that are there afterwards, those made last; nothing if nobody has seen any
    /// @param staying how many of them were there before
    /// @param moved by how many rows these come nearer to the beginning
    record Part(Optional<RowRange> made, Optional<RowRange> held, int staying, int moved) {
        private static final Part NOTHING = new Part(Optional.empty(), Optional.empty(), 0, 0);

        /// @param seen what this piece looks at, not before what those looked at that came before
        private Part next(RowRange seen) {
            if (held.isEmpty()) {
                return new Part(Optional.of(seen), Optional.of(seen), 0, 0);
            }
            var before = held.get();
            int staying = Math.max(0, before.to() - seen.from());
            int from = Math.max(seen.from(), before.to());
            var made = from < seen.to() ? Optional.of(new RowRange(from, seen.to())) : Optional.<RowRange>empty();
            return new Part(
                    made,
                    Optional.of(new RowRange(seen.from(), Math.max(before.to(), seen.to()))),
                    staying,
                    staying == 0 ? 0 : seen.from() - before.from());
        }

        /// What comes of it in a piece that looks at nothing of it.
        private Part unseen() {
            return new Part(Optional.empty(), held, 0, 0);
        }

        /// Whether what is looked at next was not given up before.
        private boolean canGoOn(RowRange seen) {
            return held.isEmpty() || seen.from() >= held.get().from();
        }

        int rows() {
            return held.map(RowRange::count).orElse(0);
        }
    }

    /// Copies the list.
    public Pieces {
        links = List.copyOf(links);
        if (stripes < 1 || stripes > count) {
            throw new IllegalArgumentException(
                    "pieces: expected 1 to " + count + " stripes of as many pieces, found " + stripes);
        }
    }

    /// The same with the means of rows that the last layer makes.
    public Optional<Pieces> withRowMeans() {
        return last().withRowMeans().map(layer -> {
            var more = new ArrayList<>(links);
            more.set(links.size() - 1, new Link(layer, links.getLast().operands()));
            return new Pieces(more, externals, count, stripes);
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

    /// The first piece of a stripe; of the one behind the last, the number of pieces.
    private int firstPiece(int stripe) {
        return (int) ((long) count * stripe / stripes);
    }

    /// How many rows of each link a stripe makes in all.
    public List<Integer> rows(int stripe) {
        int from = RowRange.part(last().outputRows(), firstPiece(stripe), count).from();
        int to = RowRange.part(last().outputRows(), firstPiece(stripe + 1) - 1, count)
                .to();
        var nothing = new ArrayList<Part>();
        links.forEach(_ -> nothing.add(Part.NOTHING));
        return next(nothing, new RowRange(from, to)).orElse(nothing).stream()
                .map(Part::rows)
                .toList();
    }

    /// What the pieces of a stripe do about each link, piece by piece; nothing if a piece looks at rows that were given
    /// up before.
    Optional<List<List<Part>>> parts(int stripe) {
        return parts(stripe, firstPiece(stripe + 1));
    }

    private Optional<List<List<Part>>> parts(int stripe, int endPiece) {
        var parts = new ArrayList<Part>();
        links.forEach(_ -> parts.add(Part.NOTHING));
        List<Part> before = parts;
        var all = new ArrayList<List<Part>>();
        for (int piece = firstPiece(stripe); piece < endPiece; piece++) {
            var next = next(before, RowRange.part(last().outputRows(), piece, count));
            if (next.isEmpty()) {
                return Optional.empty();
            }
            all.add(next.get());
            before = next.get();
        }
        return Optional.of(all);
    }

    /// @param rows of the last link
    private Optional<List<Part>> next(List<Part> before, RowRange rows) {
        int last = links.size() - 1;
        var seen = new @Nullable RowRange[links.size()];
        seen[last] = rows;
        var parts = new ArrayList<Part>();
        for (int i = last; i >= 0; i--) {
            var range = seen[i];
            if (range != null && !before.get(i).canGoOn(range)) {
                return Optional.empty();
            }
            var part = range == null ? before.get(i).unseen() : before.get(i).next(range);
            parts.addFirst(part);
            int link = i;
            part.made().ifPresent(made -> see(link, made, seen));
        }
        return Optional.of(parts);
    }

    /// Notes what of the links before one is seen for some of its rows.
    private void see(int number, RowRange made, @Nullable RowRange[] seen) {
        var link = links.get(number);
        for (int operand = 0; operand < link.operands().size(); operand++) {
            int source = link.operands().get(operand) - externals;
            if (source >= 0) {
                var range = seen(link, operand, made);
                var others = seen[source];
                seen[source] = others == null ? range : others.with(range);
            }
        }
    }

    /// The rows of an operand that a link looks at for some of its output.
    static RowRange seen(Link link, int operand, RowRange rows) {
        return operand == 0 ? link.layer().sees(rows) : rows;
    }

    /// What tells rows of a link that are made alike: how many they are and see, and whether they see an edge.
    private record Likeness(int link, int count, int seen, boolean isFirst, boolean isLast) {}

    /// Whether all pieces can be made, each after the others of its stripe.
    public boolean areSupported() {
        var known = new HashSet<Likeness>();
        for (int stripe = 0; stripe < stripes; stripe++) {
            var parts = parts(stripe);
            if (parts.isEmpty() || !parts.get().stream().allMatch(piece -> isSupported(piece, known))) {
                return false;
            }
        }
        return true;
    }

    private boolean isSupported(List<Part> piece, Set<Likeness> known) {
        for (int i = 0; i < links.size(); i++) {
            var made = piece.get(i).made();
            if (made.isEmpty()) {
                continue;
            }
            var layer = links.get(i).layer();
            var rows = made.get();
            var seen = layer.sees(rows);
            var likeness =
                    new Likeness(i, rows.count(), seen.count(), seen.from() == 0, seen.to() == layer.inputRows());
            if (known.add(likeness) && !layer.supports(rows)) {
                return false;
            }
        }
        return true;
    }

    /// Where each link has what it hands on: where nothing lies that is still looked at.
    List<Place> places() {
        var all = new ArrayList<List<Part>>();
        for (int stripe = 0; stripe < stripes; stripe++) {
            parts(stripe).ifPresent(all::addAll);
        }
        return places(all);
    }

    private List<Place> places(List<List<Part>> pieces) {
        var places = new ArrayList<Place>();
        for (int i = 0; i < links.size() - 1; i++) {
            long bytes = rows(pieces, i) * links.get(i).layer().outputRowBytes();
            long at = 0;
            boolean moved = true;
            while (moved) {
                moved = false;
                for (int other = 0; other < i; other++) {
                    var place = places.get(other);
                    boolean isInUse = stays(pieces, i) || stays(pieces, other) || lastUse(other) >= i;
                    if (isInUse && place.at() < at + bytes && at < place.end()) {
                        at = Math.ceilDiv(place.end(), LINE) * LINE;
                        moved = true;
                    }
                }
            }
            places.add(new Place(at, bytes));
        }
        return places;
    }

    /// The most rows of a link that are there at a time.
    private static long rows(List<List<Part>> pieces, int link) {
        return pieces.stream().mapToLong(parts -> parts.get(link).rows()).max().orElse(0);
    }

    /// Whether something of a link is there from one piece to the next.
    private static boolean stays(List<List<Part>> pieces, int link) {
        return pieces.stream().anyMatch(parts -> parts.get(link).staying() > 0);
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
        return bytes(places());
    }

    /// What all pieces are likely to be like, told by a few of a stripe's.
    ///
    /// @param bytes as of [#bytes]
    /// @param movedBytes that stay from a piece to the next, and are moved for that
    /// @param made the rows of each link that a piece makes, if any
    public record Usual(long bytes, double movedBytes, List<Optional<RowRange>> made) {
        /// Copies the list.
        public Usual {
            made = List.copyOf(made);
        }
    }

    /// What all pieces are likely to be like; nothing if one looks at rows that were given up before.
    public Optional<Usual> usual() {
        int stripe = stripes / 2;
        int end = Math.min(firstPiece(stripe + 1), firstPiece(stripe) + FEW);
        return parts(stripe, end).map(pieces -> {
            var last = pieces.getLast();
            return new Usual(
                    bytes(places(pieces)),
                    movedBytes(last),
                    last.stream().map(Part::made).toList());
        });
    }

    private double movedBytes(List<Part> piece) {
        double bytes = 0;
        for (int i = 0; i < links.size(); i++) {
            var part = piece.get(i);
            bytes += part.moved() == 0
                    ? 0
                    : (double) part.staying() * links.get(i).layer().outputRowBytes();
        }
        return bytes;
    }

    private static long bytes(List<Place> places) {
        long most = 0;
        for (var place : places) {
            most = Math.max(most, place.end());
        }
        return Math.ceilDiv(most, LINE) * LINE;
    }
}
