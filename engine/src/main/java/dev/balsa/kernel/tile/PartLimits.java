package dev.balsa.kernel.tile;

import dev.balsa.kernel.code.VectorUnit;

/// How many rows the parts of a [TileProduct] have, and whether its tiles go over rows or over panels.
///
/// With vectors of 64 bytes a row is done in half the time. So it takes more rows until a panel has come from a
/// shared cache while another one is multiplied: tiles of few rows would ask for so much at a time that requests
/// wait for each other.
///
/// @param leastRows that parts have, if there are so many
/// @param manyRows that take a panel long enough for the next one to come meanwhile
/// @param manyPanels memory of panels that rather comes one by one, each asked for in time, than group by group
record PartLimits(int leastRows, int manyRows, long manyPanels) {
    /// Panels less deep are soon done by a part's rows: to change them so often costs more than what it saves.
    private static final int LONG_PANEL = 512;

    /// Measured on Zen 3, with a second-level cache of 512 KB.
    private static final PartLimits USUAL = new PartLimits(24, 96, 2L << 20);
    /// Measured on Sapphire Rapids, with a second-level cache of 2 MB.
    private static final PartLimits WIDE = new PartLimits(48, 48, 768L << 10);

    /// The limits for products with vectors of a unit.
    static PartLimits of(VectorUnit unit, boolean ofIntegers) {
        return unit.hasMasks() && !ofIntegers ? WIDE : USUAL;
    }

    /// Whether tiles of the same rows follow each other, panel by panel, with all of their depth.
    boolean goesOverPanels(double rows, long depth, long columns) {
        boolean isLarge = depth >= LONG_PANEL && depth * columns * Float.BYTES > manyPanels;
        return depth <= TileProduct.SHORT_DEPTH && !(isLarge && rows >= manyRows);
    }

    /// Rows of a part.
    ///
    /// @param count rows of all parts
    /// @param wanted rows that make all parts together cost least
    /// @param most rows that stay in a cache
    int rows(int count, double wanted, long most) {
        double rows = Math.clamp(wanted, leastRows, (double) Math.max(leastRows, most));
        boolean fallsShort = !equals(USUAL) && count / Math.ceil(count / rows) < leastRows;
        return fallsShort ? Math.ceilDiv(count, Math.max(1, count / leastRows)) : (int) rows;
    }
}
