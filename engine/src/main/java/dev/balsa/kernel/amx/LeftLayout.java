package dev.balsa.kernel.amx;

import dev.balsa.kernel.tile.TileProduct;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How a left factor's rows lie once they are split, so that the 16 rows of a tile are at equal distances.
///
/// All places are bytes in a plane, which holds one part of every number; a band of tiles has its planes to itself,
/// where places count from the band's first tile.
sealed interface LeftLayout permits DenseRows, CellGrid, GatheredRows {
    /// Cycles in which a core splits 32 numbers into as many parts, for each part.
    double SPLIT_CYCLES = 5;
    /// Cycles of a product of tiles.
    double PRODUCT_CYCLES = 16;
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

    /// Bytes of one plane that these tiles take, with what their idle positions read behind it.
    default long planeBytes(int from, int to) {
        return tiles().start(to - 1) - tiles().start(from) + (Tiles.ROWS - 1) * tiles().stride() + reach();
    }

    /// Bytes of a plane of numbers that are split, but not yet in rows; 0 without.
    default long flatBytes(int from, int to) {
        return 0;
    }

    /// About how many cycles it takes to make the planes of these tiles, for each part.
    double effort(int from, int to);

    /// The layout that makes a product fastest.
    static LeftLayout best(AmxFamily family, TileProduct.Request request) {
        int columnTiles = Math.ceilDiv(request.columns(), Tiles.COLUMNS);
        return Stream.<Optional<? extends LeftLayout>>of(
                        DenseRows.of(request), CellGrid.of(request), Optional.of(GatheredRows.of(request)))
                .<LeftLayout>flatMap(Optional::stream)
                .min(Comparator.comparingDouble(layout -> layout.cycles(family, columnTiles)))
                .orElseThrow();
    }

    /// About how many cycles the whole product takes.
    private double cycles(AmxFamily family, int columnTiles) {
        return (double) tiles().count() * steps().size() * columnTiles * family.products() * PRODUCT_CYCLES
                + effort(0, tiles().count()) * family.parts();
    }

    /// The distance of rows or cells of so many numbers.
    static long pitch(int filled) {
        long bytes = (long) filled * Short.BYTES;
        return bytes % UNLIKED_PITCH == 0 ? bytes + Tiles.ROW_BYTES : bytes;
    }
}
