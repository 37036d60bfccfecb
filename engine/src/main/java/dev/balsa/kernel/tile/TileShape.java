package dev.balsa.kernel.tile;

import dev.balsa.kernel.code.VectorUnit;
import java.util.List;

/// How wide the tiles of a product are, where there is more than one good way: what candidates for the same product
/// differ in. Results differ by the order of sums at most.
///
/// @param vectors of columns that most panels have: 2 make tiles of 6 rows, 3 on a unit of 16 registers tiles of 4
public record TileShape(int vectors) {
    private static final int MOST_ROWS = 6;
    private static final int SHORT_REGISTERS = 16;

    /// Checks the number.
    public TileShape {
        if (vectors < 1) {
            throw new IllegalArgumentException("shape of tiles: expected at least 1 vector, found " + vectors);
        }
    }

    /// The shape that suits most products.
    public static TileShape usual(VectorUnit unit) {
        return new TileShape(usualVectors(unit));
    }

    /// The vectors of columns that most tiles of several rows have.
    static int usualVectors(VectorUnit unit) {
        return unit.registers() == SHORT_REGISTERS ? 2 : 4;
    }

    /// The most vectors of columns that a tile of so many rows can have, where the panel is not packed for others
    /// too.
    static int mostVectors(VectorUnit unit, int rows) {
        int vectors = TileSums.UNDER_WAY;
        while (vectors > 2 && mostRows(unit, vectors) < rows) {
            vectors--;
        }
        return vectors;
    }

    /// The most rows of a tile so wide, at most 8 vectors: besides the sums, registers hold the panel's vectors
    /// and a float of the left factor. A single row multiplies by the panel in memory.
    static int mostRows(VectorUnit unit, int vectors) {
        return Math.clamp((unit.registers() - vectors - 1) / vectors, 1, MOST_ROWS);
    }

    /// The shapes that are worth comparing, the usual one first.
    public static List<TileShape> all(VectorUnit unit) {
        return List.of(usual(unit), new TileShape(3));
    }

    /// Whether columns are divided into other panels than the usual shape would make; the usual shape's are its own.
    public boolean isOwn(VectorUnit unit, int columns) {
        var usual = usual(unit);
        return equals(usual)
                || !new Panels(unit, columns, 1, vectors)
                        .widths()
                        .equals(new Panels(unit, columns, 1, usual.vectors).widths());
    }

    /// Rows and vectors of a whole tile, such as `6x2`, as names of kernels have it.
    public String label(VectorUnit unit) {
        return mostRows(unit, vectors) + "x" + vectors;
    }
}
