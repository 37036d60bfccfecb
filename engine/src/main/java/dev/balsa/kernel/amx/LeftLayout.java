package dev.balsa.kernel.amx;

import dev.balsa.kernel.Storage;
import java.util.List;
import java.util.Optional;

/// How a left factor's rows lie once they are split, so that the 16 rows of a tile are at equal distances.
///
/// All places are bytes in a plane, which holds one part of every number; a band of tiles has its planes to itself,
/// where places count from the band's first tile.
sealed interface LeftLayout permits RowsInPlace, RowsAhead, DenseRows, CellGrid, FlatRows, GatheredRows {
    /// Cycles in which a core splits 32 numbers into as many parts, for each part (measured on Sapphire Rapids: with
    /// what reading takes, some 30 for two).
    double SPLIT_CYCLES = 8;
    /// Cycles in which it reads 32 numbers from a cache that cores share.
    double READ_CYCLES = 15;
    /// Places are kept from being multiples of this: rows so far apart fall into few sets of the first-level cache.
    int UNLIKED_PITCH = 512;

    /// The tiles; what they are of ascends in memory.
    RowTiles tiles();

    /// The depth of a tile, in order.
    List<Step> steps();

    /// Bytes from where a row begins to the end of its last step.
    long reach();

    /// Bytes from a cell of [#convert] to the next.
    long cellStep();

    /// Says what must be split for the tiles `from` to `to` (exclusive), whose planes begin at tile `from`.
    void convert(int from, int to, Conversions conversions);

    /// Where tiles from one on are read, in bytes from where the left factor's memory begins, if that is not in planes:
    /// parts of a number then are a constant distance apart.
    default Optional<Long> inPlace(int from) {
        return Optional.empty();
    }

    /// Whether a product may be divided so.
    default boolean allows(boolean asksPanels, int panelParts, int sections) {
        return true;
    }

    /// Bytes of one plane that these tiles take, with what their idle positions read behind it.
    default long planeBytes(int from, int to) {
        return tiles().start(to - 1) - tiles().start(from) + (Tiles.ROWS - 1) * tiles().stride() + reach();
    }

    /// Bytes of a plane of numbers that are split, but not yet in rows; 0 without.
    default long flatBytes(int from, int to) {
        return 0;
    }

    /// About how many cycles it takes to make the planes of these tiles, one for each part.
    ///
    /// @param splitting for 32 numbers that are split
    double effort(int from, int to, double splitting, int parts);

    /// Cycles for 32 numbers that are read and split, or copied.
    static double splitting(Storage left, int parts) {
        return left == Storage.BFLOAT16 ? (READ_CYCLES + SPLIT_CYCLES) / 2 : READ_CYCLES + parts * SPLIT_CYCLES;
    }

    /// The distance of rows or cells of so many numbers.
    static long pitch(int filled) {
        long bytes = (long) filled * Short.BYTES;
        return bytes % UNLIKED_PITCH == 0 ? bytes + Tiles.ROW_BYTES : bytes;
    }
}
