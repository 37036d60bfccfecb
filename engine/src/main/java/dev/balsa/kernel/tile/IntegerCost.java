package dev.balsa.kernel.tile;

import dev.balsa.kernel.Cost;
import dev.balsa.kernel.code.VectorUnit;

/// Estimates what a [TileProduct] of integers costs: in cycles, of a processor that does two multiplications of
/// vectors in each.
final class IntegerCost {
    private static final double MULTIPLIERS = 2;
    /// Cycles of an element of a row by a vector of columns: one multiplication of pairs, or two of quads, and
    /// sums.
    private static final double PAIR = 8.0 / 12;

    private static final double QUAD = 13.0 / 12;
    /// Cycles that a vector of a row takes to be begun and finished.
    private static final double SUM = 5;
    /// Cycles of an entry of a remainder, of a column of it, and of a square that is turned, for a block of rows.
    private static final double ENTRY = 8;

    private static final double COLUMN = 14;
    private static final double SQUARE = 70;
    /// Columns whose remainder tells that of others.
    private static final int SAMPLE = 8;

    private IntegerCost() {}

    /// The cost in one phase.
    ///
    /// @param rows of the result
    /// @param resultBytes of an element of the result
    static Cost of(VectorUnit unit, IntegerFactors factors, PairFactor right, double rows, int resultBytes) {
        double vectors = Math.ceilDiv(right.columns(), unit.lanes());
        double depth = (double) right.runs().size() * right.run();
        double elements = right.runs().size() * Math.ceil((double) right.run() / factors.together());
        double step = factors == IntegerFactors.QUADS ? QUAD : PAIR;
        double cycles = rows * vectors * (elements * step + SUM);
        double entries = factors == IntegerFactors.QUADS ? entries(right) : 0;
        if (entries > 0) {
            double blocks = Math.ceil(rows / RowTurnCode.BLOCK);
            cycles += blocks * right.columns() * (entries * ENTRY + COLUMN);
            cycles += blocks * elements * QuadFactor.QUAD / RowTurnCode.SIDE * SQUARE;
        }
        double weights = vectors * unit.bytes() * elements + right.columns() * entries * RemainderCode.ENTRY;
        return new Cost(
                cycles * MULTIPLIERS * unit.lanes(),
                rows * (depth + (double) right.columns() * resultBytes),
                weights,
                1);
    }

    /// Entries of the remainder of a column, on average.
    private static double entries(PairFactor right) {
        int count = Math.min(SAMPLE, right.columns());
        long entries = 0;
        int columns = 0;
        for (int first : new int[] {0, (right.columns() - count) / 2, right.columns() - count}) {
            for (var column : right.columns(first, count, QuadFactor.QUAD)) {
                var parts = new QuadColumn();
                parts.split(column, new int[column.length / QuadFactor.QUAD], 0, 1);
                entries += parts.entries();
                columns++;
            }
        }
        return (double) entries / columns;
    }
}
