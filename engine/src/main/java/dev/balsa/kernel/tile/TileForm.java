package dev.balsa.kernel.tile;

import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.code.VectorUnit;
import java.util.Optional;

/// How the factors of a tile lie in memory, and in which order tiles are made. Where a factor is strided, the
/// product runs over a single segment.
///
/// @param stridedPanel whether the right factor is read where it lies, at rows a given distance apart, instead of
///     from a packed panel; nothing behind its columns is read
/// @param stridedLeft whether neighbours along a row of the left factor are a given distance apart
/// @param order what comes after a tile
/// @param integers what becomes of sums, if factors are pairs of 16-bit integers instead of floats: neighbours
///     along the depth, less their zero points, side by side in 32 bits; only of dense rows and packed panels
/// @param quads how quads of 8-bit integers are multiplied, if factors are such instead ([QuadFactor]); only where
///     rows go over panels
/// @param weights how the floats of packed panels are stored
/// @param splits whether sums are put aside every few dozen products; not where a factor is strided
record TileForm(
        boolean stridedPanel,
        boolean stridedLeft,
        Order order,
        Optional<SumResult> integers,
        Optional<QuadArithmetic> quads,
        PanelWeights weights,
        boolean splits) {
    /// What comes after a tile.
    enum Order {
        /// The next rows by the same panel, of which a block stays in a cache.
        ROWS,
        /// The same rows by the next panel, until there is none; then the next rows. Rows come from memory once and
        /// evenly; panels, with all of their depth, stay in the second-level cache.
        PANELS,
        /// As `PANELS`; rows follow each other without gaps, and the next ones are asked for meanwhile.
        PANELS_AHEAD
    }

    /// Factors where they lie.
    TileForm(boolean stridedPanel, boolean stridedLeft) {
        this(stridedPanel, stridedLeft, Order.ROWS, Optional.empty(), Optional.empty(), PanelWeights.FLOATS, false);
    }

    /// Factors where they lie, or dense rows and packed panels, whose sums may be split.
    static TileForm of(boolean stridedPanel, boolean stridedLeft, PanelWeights weights, boolean splits) {
        boolean isStrided = stridedPanel || stridedLeft;
        return new TileForm(
                stridedPanel,
                stridedLeft,
                Order.ROWS,
                Optional.empty(),
                Optional.empty(),
                stridedPanel ? PanelWeights.FLOATS : weights,
                splits && !isStrided);
    }

    /// Dense rows and packed panels of floats in an order.
    TileForm(Order order, boolean splits) {
        this(false, false, order, Optional.empty(), Optional.empty(), PanelWeights.FLOATS, splits);
    }

    /// Dense rows and packed panels of pairs of integers in an order.
    TileForm(Order order, SumResult result) {
        this(false, false, order, Optional.of(result), Optional.empty(), PanelWeights.FLOATS, false);
    }

    /// Dense rows and packed panels of quads.
    static TileForm ofQuads(QuadArithmetic arithmetic, SumResult result) {
        return new TileForm(
                false, false, Order.PANELS, Optional.of(result), Optional.of(arithmetic), PanelWeights.FLOATS, false);
    }

    /// Whether an instruction multiplies and adds to the sums, as for floats.
    boolean accumulates() {
        return integers.isEmpty() || quads.equals(Optional.of(QuadArithmetic.DOTS));
    }

    /// The most rows of a tile so wide, at most 8 vectors; products of integers pass through a register before
    /// they are added, but for dot products. Quads whose sums are made in 16 bits are multiplied by panels in
    /// memory.
    int mostRows(VectorUnit unit, int vectors) {
        int most = TileShape.mostRows(unit, vectors);
        if (accumulates()) {
            return most;
        }
        if (quads.isPresent()) {
            int rows = (unit.registers() - QuadSteps.TEMPORARIES) / vectors;
            return Math.clamp(rows, 1, TileShape.mostRows(unit, 1));
        }
        return Math.clamp((unit.registers() - vectors - 2) / vectors, 1, most);
    }

    /// Bytes of an element of the result.
    int resultBytes() {
        return integers.map(SumResult::bytes).orElse(Float.BYTES);
    }

    boolean isStrided() {
        return stridedPanel || stridedLeft;
    }

    boolean goesOverPanels() {
        return order != Order.ROWS;
    }

    /// Part of the names of routines.
    String label() {
        return integers.map(result -> "_" + result.label()).orElse("")
                + (stridedLeft ? "_stridedleft" : "")
                + (stridedPanel ? "_stridedpanel" : "")
                + weights.label()
                + (splits ? "_split" : "")
                + switch (order) {
                    case ROWS -> "";
                    case PANELS -> "_panels";
                    case PANELS_AHEAD -> "_panelsahead";
                };
    }
}
