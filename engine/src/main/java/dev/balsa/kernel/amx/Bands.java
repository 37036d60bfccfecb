package dev.balsa.kernel.amx;

import dev.balsa.kernel.Storage;
import dev.balsa.kernel.tile.TileProduct;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// How a product is laid out and divided: bands of tiles of rows, each of which a worker splits into its own memory, by
/// parts of the panels. The more parts of panels, the more often the same rows are split; the more bands, the more
/// often the same panels are read. Where so much depth is multiplied that a band of many rows and a panel do not stay
/// in a second-level cache together, that is done in sections of depth, between which sums are kept in memory.
///
/// @param layout how the rows of a band lie
/// @param bands the first tile of each, and the end of the last
/// @param panelParts parts of the panels for each band
/// @param sections of depth
/// @param asksPanels whether most panels are not in a worker's second-level cache when it comes to them
/// @param cycles about how many the whole product takes
record Bands(LeftLayout layout, List<Integer> bands, int panelParts, int sections, boolean asksPanels, double cycles) {
    /// Cycles of a product of tiles.
    static final double PRODUCT_CYCLES = 16;
    /// By how much products take longer than the unit would need: tiles come from the second-level cache (measured on
    /// Sapphire Rapids: 1.15 to 1.3).
    static final double WAITING = 1.2;
    /// Cycles that a byte of panels adds that a worker's second-level cache does not hold (measured: 0.06 to 0.07, and
    /// more where memory is what everything waits for).
    private static final double READ_CYCLES = 0.065;
    /// Cycles for 32 numbers that another worker has written, as it is with parts of panels: rows are not where they
    /// were made.
    private static final double ELSEWHERE_CYCLES = 20;
    /// Cycles that a part takes besides its products: the call, and the sums of its last block. By themselves they are
    /// some 500; with this number convolutional networks take a hundredth less (measured on Emerald Rapids).
    private static final double CALL_CYCLES = 2000;
    /// Bands of a worker that read panels which only the first of them finds elsewhere.
    private static final int FEW_BANDS = 2;
    /// Which part of a worker's second-level cache they must be more than to be asked for then: fewer are there soon.
    private static final int FEW_PANELS = 4;
    /// Sections are no shorter: keeping sums takes longer than it saves.
    private static final int LEAST_STEPS = 16;
    /// Cycles in which a tile of sums is stored and loaded again.
    private static final double KEEP_CYCLES = 40;
    /// What part of a second-level cache holds what is multiplied at a time: rows, a panel, and the next one. The
    /// second thread of a core, which may be another machine's, has its part of the cache, too (measured on
    /// Sapphire Rapids: with 0.75, windows that step over every second pixel take a third longer).
    private static final double MOST_AT_ONCE = 0.4;
    /// By how much of a part's time the slowest worker comes later: one whose core's other thread is busy takes
    /// twice as long or more. With two parts, one for each, all wait for it (measured: twice as long as with four),
    /// while several times as many parts cost a twentieth where cores are equally fast.
    static final double TAIL = 0.5;

    /// Copies the list.
    Bands {
        bands = List.copyOf(bands);
    }

    /// The layout and division that make a product fastest.
    static Bands best(AmxFamily family, TileProduct.Request request, Workplace workplace) {
        int panels = AmxPanels.count(request.columns());
        var layouts = new ArrayList<LeftLayout>();
        if (request.factors().isPresent()) {
            return of(family, request.left(), DenseRows.of(request).orElseThrow(), panels, workplace);
        }
        RowsInPlace.of(request).ifPresent(layouts::add);
        RowsAhead.of(request).ifPresent(layouts::add);
        DenseRows.of(request).ifPresent(layouts::add);
        CellGrid.of(request).ifPresent(layouts::add);
        FlatRows.of(request).ifPresent(layouts::add);
        layouts.add(GatheredRows.of(request));
        var candidates = new ArrayList<Bands>();
        for (var layout : layouts) {
            candidates.add(of(family, request.left(), layout, panels, workplace));
        }
        return fastest(candidates);
    }

    private static Bands fastest(List<Bands> candidates) {
        var fastest = candidates.getFirst();
        for (var candidate : candidates) {
            fastest = candidate.cycles < fastest.cycles ? candidate : fastest;
        }
        return fastest;
    }

    /// The division that makes a product fastest.
    ///
    /// @param left how the rows are stored before they are split
    /// @param panels how many there are
    static Bands of(AmxFamily family, Storage left, LeftLayout layout, int panels, Workplace workplace) {
        int tiles = layout.tiles().count();
        if (tiles == 0) {
            return new Bands(layout, List.of(0), 1, 1, false, 0);
        }
        var candidates = new ArrayList<Bands>();
        var product = new Product(family, left, layout, panels, workplace);
        double best = Double.POSITIVE_INFINITY;
        for (int sections = 1; layout.steps().size() >= sections * leastSteps(sections); sections *= 2) {
            double splitting = 0;
            for (int most = even(tiles); most >= 2; most = most == 2 ? 0 : even(most / 2)) {
                // Shorter bands have not less to split.
                if (product.least(splitting, (double) tiles / most, sections) >= best) {
                    break;
                }
                var starts = divide(family, layout, most, workplace.cache() / 4 * sections);
                boolean few = starts.size() - 1 <= FEW_BANDS * workplace.workers();
                boolean asks = product.panelBytes() > workplace.cache() / (few ? FEW_PANELS : 2.0);
                var here = product.efforts(starts, 0);
                splitting = sum(here);
                var elsewhere = panels > 1 ? product.efforts(starts, ELSEWHERE_CYCLES) : here;
                for (int panelParts : panelParts(panels)) {
                    if (!layout.allows(asks, panelParts, sections)) {
                        continue;
                    }
                    double cycles = product.cycles(starts, panelParts > 1 ? elsewhere : here, panelParts, sections);
                    candidates.add(new Bands(layout, starts, panelParts, sections, asks, cycles));
                    best = Math.min(best, cycles);
                }
            }
        }
        return candidates.isEmpty()
                ? new Bands(layout, List.of(0, tiles), 1, 1, false, Double.POSITIVE_INFINITY)
                : fastest(candidates);
    }

    private static double sum(double[] numbers) {
        double sum = 0;
        for (double number : numbers) {
            sum += number;
        }
        return sum;
    }

    private static int leastSteps(int sections) {
        return sections == 1 ? 0 : LEAST_STEPS;
    }

    /// Numbers of parts that are about equal: the panels halved, and halved again.
    private static Iterable<Integer> panelParts(int panels) {
        var counts = new TreeSet<Integer>();
        for (int each = panels; each >= 1; each /= 2) {
            counts.add(Math.ceilDiv(panels, each));
        }
        return counts;
    }

    /// A product of which ways to divide it are compared.
    private record Product(AmxFamily family, Storage left, LeftLayout layout, int panels, Workplace place) {
        double panelBytes() {
            return (double) layout.steps().size() * panels * AmxPanels.WIDTH * family.parts() * Tiles.BYTES;
        }

        /// What all workers take at least for so many bands, shared evenly.
        ///
        /// @param splitting cycles of all bands
        double least(double splitting, double bands, int sections) {
            double reading = stays() ? 0 : panelBytes() * READ_CYCLES;
            double calls = bands * (CALL_CYCLES * sections + reading);
            return (multiplying(layout.tiles().count()) + splitting + calls) / place.workers();
        }

        /// Whether a worker's cache holds all panels.
        private boolean stays() {
            return panelBytes() <= place.cache() / 2.0;
        }

        private double multiplying(int tiles) {
            double products = (double) tiles * layout.steps().size() * panels * AmxPanels.WIDTH * family.products();
            return products * PRODUCT_CYCLES * WAITING;
        }

        /// How long it takes to split each band.
        ///
        /// @param more cycles for 32 numbers than in the worker's own cache
        double[] efforts(List<Integer> starts, double more) {
            double split = LeftLayout.splitting(left, family.parts()) + more;
            var efforts = new double[starts.size() - 1];
            for (int band = 0; band < efforts.length; band++) {
                efforts[band] = layout.effort(starts.get(band), starts.get(band + 1), split, family.parts());
            }
            return efforts;
        }

        /// Each part goes to the worker that has least to do.
        ///
        /// @param efforts for each band
        double cycles(List<Integer> starts, double[] efforts, int panelParts, int sections) {
            double bytes = panelBytes();
            boolean stays = stays();
            var loads = new double[place.workers()];
            var have = new boolean[place.workers()][panelParts];
            double longest = 0;
            for (int band = 0; band < starts.size() - 1; band++) {
                int from = starts.get(band);
                int to = starts.get(band + 1);
                double products = products(from, to, sections);
                for (int part = 0; part < panelParts; part++) {
                    int worker = 0;
                    for (int other = 1; other < loads.length; other++) {
                        worker = loads[other] < loads[worker] ? other : worker;
                    }
                    double reading = stays && have[worker][part] ? 0 : bytes * READ_CYCLES;
                    double cycles = efforts[band] + CALL_CYCLES * sections + (products + reading) / panelParts;
                    loads[worker] += cycles;
                    have[worker][part] = true;
                    longest = Math.max(longest, cycles);
                }
            }
            double latest = 0;
            for (double load : loads) {
                latest = Math.max(latest, load);
            }
            return latest + TAIL * longest;
        }

        /// The cycles of all panels' products with a band, with what rows and sums take that do not stay in the
        /// second-level cache.
        private double products(int from, int to, int sections) {
            double planes = bytes(family, layout, from, to);
            double atOnce = (planes + 2 * panelBytes() / panels) / sections;
            double again = atOnce > MOST_AT_ONCE * place.cache() ? planes * panels : 0;
            double sums = (double) (to - from) * panels * AmxPanels.WIDTH * (sections - 1);
            return multiplying(to - from) + again * READ_CYCLES + sums * (KEEP_CYCLES + 2 * Tiles.BYTES * READ_CYCLES);
        }
    }

    private static int even(int tiles) {
        return Math.ceilDiv(tiles, 2) * 2;
    }

    private static List<Integer> divide(AmxFamily family, LeftLayout layout, int most, long memory) {
        int tiles = layout.tiles().count();
        var bands = new ArrayList<Integer>();
        int from = 0;
        while (from < tiles) {
            bands.add(from);
            // As many tiles in each of those to come, in pairs.
            int wanted = even(Math.ceilDiv(tiles - from, Math.ceilDiv(tiles - from, most)));
            int pairs = 1;
            int tooMany = Math.ceilDiv(Math.min(wanted, tiles - from), 2) + 1;
            while (tooMany - pairs > 1) {
                int middle = (pairs + tooMany) >>> 1;
                if (bytes(family, layout, from, Math.min(tiles, from + 2 * middle)) <= memory) {
                    pairs = middle;
                } else {
                    tooMany = middle;
                }
            }
            from = Math.min(tiles, from + 2 * pairs);
        }
        bands.add(tiles);
        return List.copyOf(bands);
    }

    private static long bytes(AmxFamily family, LeftLayout layout, int from, int to) {
        return (layout.planeBytes(from, to) + layout.flatBytes(from, to)) * family.parts();
    }

    /// The first step of a section of depth, or the end of all.
    int step(int section) {
        return (int) ((long) layout.steps().size() * section / sections);
    }

    /// How many there are.
    int count() {
        return bands.size() - 1;
    }

    /// The first tile of a band, or the end of all.
    int start(int band) {
        return bands.get(band);
    }
}
