package dev.balsa.kernel.amx;

import dev.balsa.cpu.Cache;
import dev.balsa.cpu.Caches;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// How a product is divided: bands of tiles of rows, each of which a worker splits into its own memory, by parts
/// of the panels. The more parts of panels, the more often the same rows are split.
///
/// @param bands the first tile of each, and the end of the last
/// @param panelParts parts of the panels for each band
record Bands(List<Integer> bands, int panelParts) {
    /// Products of tiles of a part that take some ten microseconds, many times what a call and a turn of workers
    /// take.
    private static final double LEAST_PRODUCTS = 2500;
    /// Half of the second-level cache that processors with tiles have at least.
    private static final long USUAL_MEMORY = 1 << 20;

    /// Copies the list.
    Bands {
        bands = List.copyOf(bands);
    }

    /// How many bytes a band should take: half of a second-level cache, beside panels and what is read and written.
    static long memory(Caches caches) {
        return caches.assumed()
                ? USUAL_MEMORY
                : caches.level(2).map(Cache::bytes).orElse(2 * USUAL_MEMORY) / 2;
    }

    /// The division into about as many parts as are wanted that splits least.
    ///
    /// @param panels how many there are
    /// @param memory bytes that the planes of a band should take
    /// @param wanted parts that are enough
    static Bands of(AmxFamily family, LeftLayout layout, int panels, long memory, int wanted) {
        int tiles = layout.tiles().count();
        if (tiles == 0) {
            return new Bands(List.of(0), 1);
        }
        double products = (double) tiles * layout.steps().size() * panels * AmxPanels.WIDTH * family.products();
        int enough = (int) Math.clamp(products / LEAST_PRODUCTS, 1, wanted);
        var candidates = new ArrayList<Bands>();
        for (int most = even(tiles); most >= 2; most = most == 2 ? 0 : even(most / 2)) {
            var starts = divide(family, layout, most, memory);
            candidates.add(new Bands(starts, Math.clamp(Math.ceilDiv(enough, starts.size() - 1), 1, panels)));
        }
        return candidates.stream()
                .min(Comparator.comparingDouble(bands -> bands.cycles(family, layout, products, enough)))
                .orElseThrow();
    }

    /// About how many cycles everything takes, on as many workers as there may be.
    private double cycles(AmxFamily family, LeftLayout layout, double products, int enough) {
        double effort = 0;
        for (int band = 0; band < count(); band++) {
            effort += layout.effort(start(band), start(band + 1)) * family.parts() * panelParts;
        }
        // Too few parts leave workers idle.
        double idle = Math.max(1, (double) enough / ((double) count() * panelParts));
        return (effort + products * LeftLayout.PRODUCT_CYCLES) * idle;
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
        return bands;
    }

    private static long bytes(AmxFamily family, LeftLayout layout, int from, int to) {
        return (layout.planeBytes(from, to) + layout.flatBytes(from, to)) * family.parts();
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
