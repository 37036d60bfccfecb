package dev.balsa.kernel.amx;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a [SquareProduct] is divided: blocks of squares, each of which a worker takes apart into its own memory, by
/// parts of the panels.
///
/// @param blocks of a group of squares, where the last group may have fewer
/// @param panelParts parts of the panels for each group
/// @param asksPanels whether panels are not in a worker's second-level cache when it comes to them
/// @param cycles about how many the whole product takes
record SquareDivision(int blocks, int panelParts, boolean asksPanels, double cycles) {
    /// Cycles in which 32 channels of a square are taken apart to four positions, for each part of a number (measured
    /// on Sapphire Rapids: 45 to 50 for two, 80 where planes fill most of the second-level cache).
    private static final double SPLIT_CYCLES = 23;
    /// Cycles for which products wait while the sums of a square become outputs, for each tile of columns and pass
    /// (measured: with 64 channels 28, as long as reading and writing them in the second-level cache takes, which
    /// products keep busy, too).
    private static final double FINISH_CYCLES = 25;
    /// Cycles that a pass takes beside.
    private static final double CALL_CYCLES = 1000;
    /// Cycles that a byte adds that comes from a cache that cores share, as [Bands] has them.
    private static final double READ_CYCLES = 0.065;
    /// What part of a second-level cache holds what is multiplied at a time.
    private static final double MOST_AT_ONCE = 0.75;
    private static final double TAIL = 0.1;
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
        for (int blocks = sizes.blocks(); blocks >= 1; blocks--) {
            int groups = Math.ceilDiv(sizes.blocks(), blocks);
            if (Math.ceilDiv(sizes.blocks(), groups) < blocks) {
                // As many groups of fewer blocks each.
                continue;
            }
            for (int parts = 1; parts <= panels; parts *= 2) {
                var division = of(sizes, place, blocks, groups, parts);
                best = best == null || division.cycles < best.cycles ? division : best;
            }
        }
        return Objects.requireNonNull(best);
    }

    private static SquareDivision of(Sizes sizes, Workplace place, int blocks, int groups, int parts) {
        int sections = sizes.sections();
        double rows = (double) blocks * SquareTileCode.BLOCK;
        double planes = SquareTransform.SIDE * sizes.family.parts() * rows * sizes.pitch();
        double panelBytes = sizes.panelBytes() / SquareTransform.SIDE / sections / parts;
        double panel = panelBytes / Math.max(1, AmxPanels.count(sizes.outputs) / parts);
        double kept = rows * 2 * SquareTransform.OUTPUTS * sizes.outputs * Float.BYTES / parts;
        int passes = SquareTransform.SIDE * sections;
        boolean stays = panelBytes * passes + planes <= MOST_AT_ONCE * place.cache();
        boolean isFar = planes + 2 * panel > MOST_AT_ONCE * place.cache();
        boolean isLong = planes + kept + 2 * panel > MOST_AT_ONCE * place.cache();
        double reading = panelBytes + (isLong ? 2 * kept : 0) + (isFar ? planes * (panelBytes / panel) : 0);
        int units = groups * parts;
        double again = Math.min(1, (double) place.workers() / units);
        double unit = sizes.multiplying(blocks, Bands.PRODUCT_CYCLES) / parts
                + sizes.splitting(blocks)
                + passes * (CALL_CYCLES + reading * READ_CYCLES * (stays ? again : 1));
        double cycles = Math.ceilDiv(units, place.workers()) * unit + TAIL * unit;
        return new SquareDivision(blocks, parts, !stays, cycles);
    }
}
