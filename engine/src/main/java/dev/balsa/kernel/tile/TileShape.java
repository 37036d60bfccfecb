package dev.balsa.kernel.tile;

import dev.balsa.kernel.code.VectorUnit;
import java.util.List;

/// How wide the tiles of a product are, where there is more than one good way: what candidates for the same product
/// differ in. Results differ by the order of sums at most.
///
/// @param vectors of columns that most panels have: 2 make tiles of 6 rows, 3 on a unit of 16 registers tiles of 4
public record TileShape(int vectors) {
    /// Checks the number.
    public TileShape {
        if (vectors < 1) {
            throw new IllegalArgumentException("shape of tiles: expected at least 1 vector, found " + vectors);
        }
    }

    /// The shape that suits most products.
    public static TileShape usual(VectorUnit unit) {
        return new TileShape(TileCode.usualVectors(unit));
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
        return TileCode.mostRows(unit, vectors) + "x" + vectors;
    }
}
