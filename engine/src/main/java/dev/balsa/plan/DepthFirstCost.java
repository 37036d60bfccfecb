package dev.balsa.plan;

import dev.balsa.cpu.Cache;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.depthfirst.Layer;
import dev.balsa.kernel.depthfirst.Link;
import dev.balsa.kernel.depthfirst.Pieces;
import dev.balsa.kernel.depthfirst.RowRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Estimates what it saves to make layers depth first, and chooses into how many pieces they are divided.
final class DepthFirstCost {
    /// What goes to a shared cache: lines are read before they are written, written back, and read again.
    private static final double PASSES = 3;
    /// What moves in a core's second-level cache is read and written there, at more than twice the rate of a shared
    /// one.
    private static final double MOVES = 0.8;
    /// What a layer makes leaves the second-level caches of all cores before the next one reads it, if it is a larger
    /// part of them (measured on Sapphire Rapids: mobilenet_v2 gains down to a fourth).
    private static final double STAYING = 0.25;
    /// What part of a core's second-level cache what layers hand on may take: their input, their output, weights and
    /// the works' own memory pass through it, too (measured on Zen 3: mobilenet_v2 loses with a third, and gains
    /// nothing more with a half).
    private static final double SHARE = 0.45;
    /// How long a layer of a piece takes beside its computing, in seconds: calls, and loops that begin and end.
    private static final double PIECE_SECONDS = 1e-6;
    /// By how much of a piece's time the slowest worker comes later, more than it would with each layer on its own:
    /// cores are seldom equally fast.
    private static final double TAIL = 0.3;
    /// Stripes of all images for each worker, of which more would wait for each other hardly less.
    private static final int MOST_UNITS = 16;
    /// Less is not worth being uncertain about.
    private static final double LEAST_SAVED = 0.03;

    /// What caches hold at least, where they do not say.
    private static final long USUAL_CACHE = 512 << 10;

    /// A division and the seconds that it saves.
    record Division(Pieces pieces, double saved) {}

    /// What all of a layer is likely to take.
    ///
    /// @param bytes of its weights
    private record Effort(double seconds, double bytes) {
        static Effort of(Layer layer, Machine machine) {
            var cost = layer.cost(machine);
            return cost.isKnown() ? new Effort(machine.seconds(cost), cost.memoryBytes()) : new Effort(0, 0);
        }
    }

    private final Machine machine;
    private final double cache;
    private final IdentityHashMap<Layer, Effort> efforts = new IdentityHashMap<>();
    private final IdentityHashMap<Layer, Integer> leastBefore = new IdentityHashMap<>();
    /// By how many rows there are.
    private final IdentityHashMap<Layer, Map<Integer, Double>> alone = new IdentityHashMap<>();

    DepthFirstCost(Machine machine) {
        this.machine = machine;
        cache = machine.caches().level(2).map(Cache::bytes).orElse(USUAL_CACHE);
    }

    private Effort effort(Link link) {
        return efforts.computeIfAbsent(link.layer(), layer -> Effort.of(layer, machine));
    }

    /// The best division, if it saves something.
    ///
    /// @param gain of all layers but the last
    /// @param wanted it must save more seconds
    Optional<Division> best(List<Link> links, int externals, double gain, double wanted) {
        double all = 0;
        double weights = 0;
        for (var link : links) {
            all += effort(link).seconds;
            weights += effort(link).bytes;
        }
        var last = links.getLast().layer();
        int rows = last.outputRows();
        int least = leastPieces(links, externals);
        int mostStripes = Math.clamp((long) MOST_UNITS * machine.workers() / last.images(), 1, rows);
        double most = Math.max(wanted, LEAST_SAVED * all);
        var divisions = new ArrayList<Division>();
        for (int stripes = 1; least <= rows && stripes <= mostStripes; stripes = next(stripes, mostStripes)) {
            int count = Math.min(rows, Math.ceilDiv(least, stripes) * stripes);
            double saved = gain - loss(links.size(), last.images(), stripes, count, all, weights);
            if (saved > most) {
                var pieces = new Pieces(links, externals, count, stripes);
                divisions.add(new Division(pieces, saved - again(pieces) - beingSmall(pieces)));
            }
        }
        divisions.sort(Comparator.comparingDouble(division -> -division.saved));
        for (var division : divisions) {
            if (division.saved <= most) {
                break;
            }
            if (division.pieces.bytes() <= SHARE * cache && division.pieces.areSupported()) {
                return Optional.of(division);
            }
        }
        return Optional.empty();
    }

    /// The least number of pieces of an image of which each fits into a core's cache; more than rows if none does. Of
    /// layers that end with the same, more are asked for with every time.
    private int leastPieces(List<Link> links, int externals) {
        var last = links.getLast().layer();
        int count = leastBefore.getOrDefault(last, 1);
        while (count <= last.outputRows()
                && new Pieces(links, externals, count, 1)
                        .usual()
                        .filter(usual -> usual.bytes() <= SHARE * cache)
                        .isEmpty()) {
            count = next(count, last.outputRows());
        }
        leastBefore.put(last, count);
        return count;
    }

    /// Numbers that are tried: up to one for each row, with a third more every time.
    private static int next(int count, int rows) {
        int more = Math.max(count + 1, count * 4 / 3);
        return count < rows ? Math.min(more, rows) : more;
    }

    /// The time for what a layer makes, if that would leave the cores' own caches.
    double gain(Layer layer) {
        double made = (double) layer.images() * layer.outputRows() * layer.outputRowBytes();
        return made > cache * machine.workers() * STAYING
                ? made * PASSES / machine.cacheBytes() / machine.workers()
                : 0;
    }

    /// Whether layers that end with this one were found to be too many for a core's cache, so that more of them are.
    boolean isTooMuch(Layer last) {
        return leastBefore.getOrDefault(last, 1) > last.outputRows();
    }

    /// The time that so many stripes and pieces of an image cost, whatever rows they have.
    ///
    /// @param all the seconds of all layers
    /// @param weights their bytes
    private double loss(int layers, int images, int stripes, int count, double all, double weights) {
        double units = (double) images * stripes;
        double turns = Math.ceil(units / machine.workers());
        double pieces = turns * Math.ceilDiv(count, stripes);
        double reading = weights > SHARE / 2 * cache ? (pieces - 1) * weights / machine.cacheBytes() : 0;
        double waiting = all * ((turns + TAIL) * machine.workers() / units - 1);
        return reading + waiting + pieces * layers * PIECE_SECONDS;
    }

    /// The time for rows that stay from piece to piece, and that pieces take by themselves more than as part of all.
    private double beingSmall(Pieces pieces) {
        var known = pieces.usual();
        if (known.isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        var usual = known.get();
        double moved = usual.movedBytes() * MOVES / machine.cacheBytes() * (pieces.count() - pieces.stripes());
        double more = 0;
        for (int i = 0; i < pieces.links().size(); i++) {
            var layer = pieces.links().get(i).layer();
            more += usual.made().get(i).map(rows -> more(layer, rows)).orElse(0.0);
        }
        return pieces.images() * (moved + more / machine.multiplyAdds() * pieces.count()) / machine.workers();
    }

    /// The multiply-adds that some rows cost more than as part of all.
    private double more(Layer layer, RowRange rows) {
        return alone.computeIfAbsent(layer, _ -> new HashMap<>()).computeIfAbsent(rows.count(), _ -> {
            var part = layer.cost(machine).times((double) rows.count() / layer.outputRows() / layer.images());
            double more = layer.cost(rows, machine).multiplyAdds() - part.multiplyAdds();
            return part.isKnown() ? Math.max(0, more) : 0;
        });
    }

    /// The time for rows that are made for several stripes, as if all were like the one in the middle.
    private double again(Pieces pieces) {
        double again = 0;
        if (pieces.stripes() > 1) {
            var rows = pieces.rows(pieces.stripes() / 2);
            for (int i = 0; i < rows.size(); i++) {
                var link = pieces.links().get(i);
                double made =
                        (double) rows.get(i) * pieces.stripes() / link.layer().outputRows();
                again += effort(link).seconds * Math.max(0, made - 1);
            }
        }
        return again;
    }
}
