package dev.balsa.kernel.amx;

import dev.balsa.kernel.Cost;
import dev.balsa.kernel.tile.ProductFamily.Size;

/// Estimates what an [AmxProduct] costs, in multiply-adds that the vector units could have done meanwhile.
final class AmxCost {
    /// Multiply-adds of float32 that a core's two multipliers do in a cycle.
    static final double MULTIPLY_ADDS = 32;
    /// Cycles of a product of tiles as they are to be expected: 16 where a core has the unit for itself, 35 to 40 while
    /// its second thread, which may be another machine's, uses it as well (both measured on Sapphire Rapids).
    static final double PRODUCT_CYCLES = 24;
    /// Cycles for which products wait while a tile of sums is stored and goes through the epilogue (measured: 26).
    private static final double TILE_CYCLES = 26;
    /// How often a row is split: by some workers, for parts of the panels.
    private static final double SPLITTINGS = 1.5;

    private AmxCost() {}

    /// The cost of a product in one phase.
    ///
    /// @param rowBytes how much memory a further row brings into the cache
    static Cost of(AmxFamily family, Size size, long rowBytes) {
        double tiles = Math.ceil(size.rows() / Tiles.ROWS) * Math.ceilDiv(size.columns(), Tiles.COLUMNS);
        double apart = Math.ceilDiv(size.segment(), Tiles.DEPTH) * (double) size.segments();
        double together = Math.ceil(size.depth() / Tiles.DEPTH);
        double step = tiles * family.products() * PRODUCT_CYCLES * Bands.WAITING;
        double gathering =
                size.rows() * (size.segments() + 1.0) * family.parts() * GatheredRows.COPY_CYCLES * SPLITTINGS;
        boolean isApart = apart * step <= together * step + gathering;
        double products = isApart ? apart * step : together * step + gathering;
        double chunks = Math.max(1, rowBytes / (double) (Tiles.DEPTH * Float.BYTES));
        double splitting = size.rows() * chunks * family.parts() * LeftLayout.SPLIT_CYCLES * SPLITTINGS;
        double cycles = products + tiles * TILE_CYCLES + splitting;
        double steps = isApart ? apart : together;
        double weights = steps * Tiles.DEPTH * size.columns() * family.parts() * Short.BYTES;
        double rows = size.rows() * (rowBytes + (double) size.columns() * Float.BYTES);
        return new Cost(cycles * MULTIPLY_ADDS, rows, weights, 0);
    }
}
