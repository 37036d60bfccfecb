package dev.balsa.plan;

import dev.balsa.cpu.Cache;
import dev.balsa.kernel.Machine;
import dev.balsa.kernel.depthfirst.Link;
import dev.balsa.kernel.depthfirst.Pieces;
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
    private static final double SHARE = 0.5;
    /// How long a layer of a piece takes beside its computing, in seconds: calls, and loops that begin and end.
    private static final double PIECE_SECONDS = 2e-6;
    /// Less is not worth being uncertain about.
    private static final double LEAST_SAVED = 0.03;

    /// What caches hold at least, where they do not say.
    private static final long USUAL_CACHE = 512 << 10;

    /// A division and the seconds that it saves.
    record Division(Pieces pieces, double saved) {}

    private final List<Link> links;
    private final int externals;
    private final Machine machine;
    private final double cache;
    private final double[] seconds;
    private final double[] weights;

    private DepthFirstCost(List<Link> links, int externals, Machine machine) {
        this.links = links;
        this.externals = externals;
        this.machine = machine;
        cache = machine.caches().level(2).map(Cache::bytes).orElse(USUAL_CACHE);
        seconds = new double[links.size()];
        weights = new double[links.size()];
        for (int i = 0; i < seconds.length; i++) {
            var cost = links.get(i).layer().cost(machine);
            seconds[i] = cost.isKnown() ? machine.seconds(cost) : 0;
            weights[i] = cost.isKnown() ? cost.memoryBytes() : 0;
        }
    }

    /// The best division, if it saves something.
    static Optional<Division> best(List<Link> links, int externals, Machine machine) {
        return new DepthFirstCost(links, externals, machine).best();
    }

    private Optional<Division> best() {
        double gain = gain();
        if (gain == 0) {
            return Optional.empty();
        }
        double all = 0;
        for (double layer : seconds) {
            all += layer;
        }
        Optional<Division> best = Optional.empty();
        int rows = links.getLast().layer().outputRows();
        for (int count = 1; count <= rows; count = next(count, rows)) {
            var pieces = new Pieces(links, externals, count);
            double saved = gain - loss(pieces, all);
            boolean isBest = saved > LEAST_SAVED * all
                    && best.map(Division::saved).orElse(0.0) < saved
                    && pieces.bytes() <= SHARE * cache;
            if (isBest && pieces.areSupported()) {
                best = Optional.of(new Division(pieces, saved));
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
    private double gain() {
        double bytes = 0;
        for (var link : links.subList(0, links.size() - 1)) {
            var layer = link.layer();
            double made = (double) layer.images() * layer.outputRows() * layer.outputRowBytes();
            bytes += made > cache * machine.workers() * STAYING ? made : 0;
        }
        return bytes * PASSES / machine.cacheBytes() / machine.workers();
    }

    private double loss(Pieces pieces, double all) {
        var made = new double[links.size()];
        for (int piece = 0; piece < pieces.count(); piece++) {
            var rows = pieces.rows(piece);
            for (int i = 0; i < made.length; i++) {
                made[i] += rows.get(i).count();
            }
        }
        double again = 0;
        double packed = 0;
        for (int i = 0; i < made.length; i++) {
            again += seconds[i] * (made[i] / links.get(i).layer().outputRows() - 1);
            packed += weights[i];
        }
        double units = (double) pieces.count() * pieces.images();
        double turns = Math.ceil(units / machine.workers());
        double reading = packed > SHARE / 2 * cache ? (turns - 1) * packed / machine.cacheBytes() : 0;
        double waiting = all * (turns * machine.workers() / units - 1);
        return again + reading + waiting + turns * links.size() * PIECE_SECONDS;
    }
}
