package dev.balsa.kernel.amx;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a [SquareProduct] is divided: blocks of squares, each of which a worker takes apart into its own memory, by
/// parts of the panels.
///
/// @param blocks of all squares
/// @param groups of about as many blocks; the larger ones come first
/// @param panelParts parts of the panels for each group
/// @param asksPanels whether panels are not in a worker's second-level cache when it comes to them
/// @param reading cycles in which a part gets what its worker's second-level cache does not hold
/// @param cycles about how many the whole product takes
record SquareDivision(int blocks, int groups, int panelParts, boolean asksPanels, double reading, double cycles) {
    /// Cycles in which 32 channels of a square are taken apart to four positions, for each part of a number (measured
    /// on Sapphire Rapids: 45 to 50 for two from the second-level cache, 60 in networks).
    private static final double SPLIT_CYCLES = 30;
    /// Cycles for which products wait while the sums of a square become outputs, for each tile of columns and pass
    /// (measured: 28 to 35 with 64 channels, as long as reading and writing them in the second-level cache takes,
    /// which products keep busy, too).
    private static final double FINISH_CYCLES = 30;
    /// Cycles that a pass takes beside.
    private static final double CALL_CYCLES = 1000;
    /// Cycles that a byte adds that comes from a cache that cores share, as [Bands] has them.
    private static final double READ_CYCLES = 0.065;
    /// What part of a second-level cache holds what is multiplied at a time (measured on Sapphire Rapids, where the
    /// second thread of a core, another machine's, has its part of it: with 0.75, 256 channels of 14x14 pixels take
    /// 1.5 times as long).
    private static final double MOST_AT_ONCE = 0.5;
    /// Steps of a section: the planes of 128 squares take half of a second-level cache of 2 MB then.
    private static final int MOST_STEPS = 16;

    /// What is divided.
    ///
    /// @param squares of all images
    record Sizes(AmxFamily family, long squares, int channels, int outputs) {
        /// Steps of depth.
        int steps() {
            return Math.ceilDiv(channels, Tiles.DEPTH);
        }

        int blocks() {
            return Math.toIntExact(Math.ceilDiv(squares, SquareTileCode.BLOCK));
        }

        private int tiles() {
            return Math.ceilDiv(outputs, Tiles.COLUMNS);
        }

        /// Bytes of all panels.
        double panelBytes() {
            return (double) positions() * steps() * tiles() * family.parts() * Tiles.BYTES;
        }

        private static int positions() {
            return SquareTransform.SIDE * SquareTransform.SIDE;
        }

        /// Bytes of the planes of so many blocks.
        private double planeBytes(int blocks) {
            return (double) SquareTransform.SIDE * family.parts() * blocks * SquareTileCode.BLOCK * pitch();
        }

        /// The cycles of so many blocks by all panels.
        ///
        /// @param product cycles of one
        double multiplying(int blocks, double product) {
            double products = 2.0 * positions() * steps() * family.products() * product * Bands.WAITING;
            double finishing = (double) SquareTransform.SIDE * sections() * SquareTileCode.BLOCK * FINISH_CYCLES;
            return blocks * (products + finishing) * tiles();
        }

        /// The cycles in which so many blocks are taken apart.
        double splitting(int blocks) {
            return (double) blocks
                    * SquareTileCode.BLOCK
                    * SquareTransform.SIDE
                    * steps()
                    * family.parts()
                    * SPLIT_CYCLES;
        }

        /// Bytes of a row of a position's plane, an odd number of lines.
        long pitch() {
            return (steps() / sections() | 1L) * Tiles.ROW_BYTES;
        }

        /// Sections of depth, of equal length: by the number of channels alone, since packed kernels depend on them.
        int sections() {
            int sections = 1;
            while (steps() / sections > MOST_STEPS && allows(2 * sections)) {
                sections *= 2;
            }
            return sections;
        }

        private boolean allows(int sections) {
            return steps() % sections == 0 && steps() / sections >= 2 && channels % Tiles.DEPTH == 0;
        }
    }

    /// The division that makes a product fastest.
    static SquareDivision best(Sizes sizes, Workplace place) {
        int panels = AmxPanels.count(sizes.outputs);
        @Nullable SquareDivision best = null;
        for (int most = 1; most <= sizes.blocks(); most++) {
            if (most > 1 && sizes.planeBytes(most) > place.cache()) {
                // More would only leave the cache the more often.
                break;
            }
            int groups = Math.ceilDiv(sizes.blocks(), most);
            if (Math.ceilDiv(sizes.blocks(), groups) < most) {
                // As many groups of fewer blocks each.
                continue;
            }
            for (int parts = 1; parts <= panels; parts *= 2) {
                var division = of(sizes, place, groups, parts);
                best = best == null || division.cycles < best.cycles ? division : best;
            }
        }
        return Objects.requireNonNull(best);
    }

    private static SquareDivision of(Sizes sizes, Workplace place, int groups, int parts) {
        int most = Math.ceilDiv(sizes.blocks(), groups);
        int sections = sizes.sections();
        double planes = sizes.planeBytes(most);
        double panelBytes = sizes.panelBytes() / SquareTransform.SIDE / sections / parts;
        double panel = panelBytes / Math.max(1, AmxPanels.count(sizes.outputs) / parts);
        double kept = (double) most * SquareTileCode.BLOCK * 2 * SquareTransform.OUTPUTS * sizes.outputs * Float.BYTES;
        double cache = MOST_AT_ONCE * place.cache();
        int passes = SquareTransform.SIDE * sections;
        boolean stays = sizes.panelBytes() + planes <= cache;
        double far = missed(planes + 2 * panel, cache);
        double late = missed(planes + kept / parts + 2 * panel, cache);
        double reading = panelBytes + 2 * kept / parts * late + planes * (panelBytes / panel) * far;
        double block = sizes.multiplying(1, Bands.PRODUCT_CYCLES) / parts + sizes.splitting(1);
        var division = new SquareDivision(sizes.blocks(), groups, parts, !stays, passes * reading * READ_CYCLES, 0);
        return division.with(division.latest(place.workers(), block, passes * CALL_CYCLES));
    }

    private SquareDivision with(double newCycles) {
        return new SquareDivision(blocks, groups, panelParts, asksPanels, reading, newCycles);
    }

    /// The cycles of all workers together.
    ///
    /// @param product cycles of one
    double effort(Sizes sizes, double product, int workers) {
        int units = groups * panelParts;
        double all = sizes.multiplying(blocks, product) + panelParts * sizes.splitting(blocks);
        return all + (asksPanels ? units : Math.min(units, workers)) * reading;
    }

    /// What part of so many bytes is not in a cache any more when their turn comes again: it does not throw away the
    /// oldest ones strictly, so some stay.
    private static double missed(double bytes, double cache) {
        return Math.max(0, 1 - cache / bytes);
    }

    /// When the last worker ends, where each part goes to the worker that has least to do.
    ///
    /// @param block cycles of a block
    /// @param part cycles of a part beside its blocks and reading
    private double latest(int workers, double block, double part) {
        var ends = new double[workers];
        double longest = 0;
        for (int unit = 0; unit < groups * panelParts; unit++) {
            int worker = 0;
            for (int other = 1; other < workers; other++) {
                worker = ends[other] < ends[worker] ? other : worker;
            }
            int group = unit / panelParts;
            boolean reads = asksPanels || ends[worker] == 0;
            double cycles = (start(group + 1) - start(group)) * block + part + (reads ? reading : 0);
            ends[worker] += cycles;
            longest = Math.max(longest, cycles);
        }
        return Arrays.stream(ends).max().orElseThrow() + Bands.TAIL * longest;
    }

    /// Blocks of the largest group.
    int mostBlocks() {
        return Math.ceilDiv(blocks, groups);
    }

    /// The first block of a group, or the end of all.
    int start(int group) {
        return group * (blocks / groups) + Math.min(group, blocks % groups);
    }
}
