package dev.balsa.kernel.tile;

import dev.balsa.kernel.Cost;
import dev.balsa.kernel.code.VectorUnit;

/// Estimates what a [TileProduct] costs.
public final class TileCost {
    /// Multipliers of a core, and vectors that it loads per cycle.
    private static final double MULTIPLIERS = 2;

    private static final double LOADS = 2.5;
    /// Sums that must be under way to keep the multipliers busy: their number times the cycles that one takes.
    private static final double BUSY = 8;
    /// Cycles that a tile takes besides its products: to find its rows and to be started.
    private static final double PER_TILE = 30;
    /// Cycles that a vector of a tile takes to be stored or put aside.
    private static final double PER_SUM = 2;

    /// Cycles that a row of a tile adds to a step of depth where its elements come from a second-level cache:
    /// fewer, wider panels read them less often.
    private static final double PER_ROW = 1 / 16.0;
    /// Cycles that a lane of a panel adds where it is the panels that come from there: less, as they are read from
    /// front to back.
    private static final double PER_LANE = 1 / 64.0;

    private TileCost() {}

    /// The cost of a product in one phase.
    ///
    /// @param rows of the result
    /// @param columns of the result
    /// @param depth of the product
    /// @param rowBytes how much memory a further row brings into the cache
    public static Cost of(VectorUnit unit, TileShape shape, double rows, int columns, long depth, long rowBytes) {
        int vectors = Math.ceilDiv(columns, unit.lanes());
        boolean goesOverPanels = PartLimits.of(unit, false).goesOverPanels(rows, depth, columns);
        double cycles = 0;
        for (int width : new Panels(unit, columns, 1, shape.vectors()).widths()) {
            cycles += cycles(unit, rows, width, depth, goesOverPanels);
        }
        double steps = cycles * MULTIPLIERS * unit.lanes();
        double weights = (double) vectors * unit.bytes() * depth;
        return new Cost(steps, rows * (rowBytes + (double) columns * Float.BYTES), weights, 0);
    }

    private static double cycles(VectorUnit unit, double rows, int width, long depth, boolean goesOverPanels) {
        int most = TileShape.mostRows(unit, width);
        double tiles = Math.ceil(rows / most);
        double tileRows = rows / tiles;
        double sums = tileRows * width;
        double step = Math.max(Math.max(sums, BUSY) / MULTIPLIERS, (tileRows + width) / LOADS);
        step += goesOverPanels ? width * unit.lanes() * PER_LANE : tileRows * PER_ROW;
        double blocks = Math.ceil((double) depth / TileProduct.block(depth, goesOverPanels));
        return tiles * (depth * step + blocks * (PER_TILE + sums * PER_SUM));
    }
}
