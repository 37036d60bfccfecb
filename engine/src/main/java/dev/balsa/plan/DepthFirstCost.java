package dev.balsa.plan;

import dev.balsa.cpu.Cache;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.depthfirst.Layer;
import dev.balsa.kernel.depthfirst.Link;
import dev.balsa.kernel.depthfirst.Pieces;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/// Estimates what it saves to make layers depth first, and chooses into how many pieces they are divided.
final class DepthFirstCost {
    /// What goes to a shared cache: lines are read before they are written, written back, and read again.
    private static final double PASSES = 3;
    /// What a layer makes leaves the second-level caches of all cores before the next one reads it, if it is a larger
    /// part of them (measured on Sapphire Rapids: mobilenet_v2 gains down to a fourth).
    private static final double STAYING = 0.25;
    /// What part of a core's second-level cache what layers hand on may take: their input, their output, weights and
    /// the works' own memory pass through it, too.
    private static final double SHARE = 0.35;
    /// How long a layer of a piece takes beside its computing, in seconds: calls, and loops that begin and end.
    private static final double PIECE_SECONDS = 2e-6;
    /// By how much of a piece's time the slowest worker comes later, more than it would with each layer on its own:
    /// cores are seldom equally fast.
    private static final double TAIL = 0.3;
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

    DepthFirstCost(Machine machine) {
        this.machine = machine;
        cache = machine.caches().level(2).map(Cache::bytes).orElse(USUAL_CACHE);
    }

    private Effort effort(Link link) {
        return efforts.computeIfAbsent(link.layer(), layer -> Effort.of(layer, machine));
    }

    /// The best division, if it saves something.
    ///
    /// @param least it must save more seconds
    Optional<Division> best(List<Link> links, int externals, double least) {
        double gain = gain(links);
        if (gain <= least) {
            return Optional.empty();
        }
        double all = 0;
        double weights = 0;
        for (var link : links) {
            all += effort(link).seconds;
            weights += effort(link).bytes;
        }
        Optional<Division> best = Optional.empty();
        double most = Math.max(least, LEAST_SAVED * all);
        var last = links.getLast().layer();
        for (int count = 1; count <= last.outputRows(); count = next(count, last.outputRows())) {
            double saved = gain - loss(links.size(), (double) count * last.images(), all, weights);
            if (saved <= most) {
                continue;
            }
            var pieces = new Pieces(links, externals, count);
            saved -= again(pieces);
            if (saved > most && pieces.bytes() <= SHARE * cache && pieces.areSupported()) {
                best = Optional.of(new Division(pieces, saved));
                most = saved;
            }
        }
        return best;
    }

    /// Numbers of pieces that are tried: up to one row each, with a third more every time.
    private static int next(int count, int rows) {
        int more = Math.max(count + 1, count * 4 / 3);
        return count < rows ? Math.min(more, rows) : more;
    }

    /// The time for what would leave the cores' own caches.
    private double gain(List<Link> links) {
        double bytes = 0;
        for (int i = 0; i < links.size() - 1; i++) {
            var layer = links.get(i).layer();
            double made = (double) layer.images() * layer.outputRows() * layer.outputRowBytes();
            bytes += made > cache * machine.workers() * STAYING ? made : 0;
        }
        return bytes * PASSES / machine.cacheBytes() / machine.workers();
    }

    /// The time that so many pieces cost, whatever rows they have.
    ///
    /// @param all the seconds of all layers
    /// @param weights their bytes
    private double loss(int layers, double units, double all, double weights) {
        double turns = Math.ceil(units / machine.workers());
        double reading = weights > SHARE / 2 * cache ? (turns - 1) * weights / machine.cacheBytes() : 0;
        double waiting = all * ((turns + TAIL) * machine.workers() / units - 1);
        return reading + waiting + turns * layers * PIECE_SECONDS;
    }

    /// The time for rows that are made for several pieces.
    private double again(Pieces pieces) {
        var links = pieces.links();
        var made = new int[links.size()];
        for (int piece = 0; piece < pieces.count(); piece++) {
            var rows = pieces.rows(piece);
            for (int i = 0; i < made.length; i++) {
                made[i] += rows.get(i).count();
            }
        }
        double again = 0;
        for (int i = 0; i < made.length; i++) {
            var link = links.get(i);
            again += effort(link).seconds * ((double) made[i] / link.layer().outputRows() - 1);
        }
        return again;
    }
}
