package dev.balsa.kernel.amx;

import static dev.balsa.asm.AmxInstruction.TDPBF16PS;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Tile;
import java.util.List;

/// Writes a step of depth of one or two tiles of rows by one or two of columns: all products of bfloat16 parts that a
/// family has.
///
/// Sums are in the first tile registers, row by row; those of the left factor's parts follow from
/// [BlockCode#LEFT_TILES] on, those of the right one's from [BlockCode#RIGHT_TILES] on.
final class PartProducts {
    /// Writes how a tile gets into its register.
    interface Loads {
        /// A part of one of the left factor's tiles.
        void left(int row, int part);

        /// A tile of the right factor, so many bytes from where the step begins.
        void right(int column, int at);
    }

    /// Parts that are multiplied.
    private record Product(int left, int right) {
        /// In such an order that one of both stays.
        static List<Product> of(AmxFamily family) {
            return switch (family.products()) {
                case 1 -> List.of(new Product(0, 0));
                case 3 -> List.of(new Product(1, 0), new Product(0, 0), new Product(0, 1));
                default ->
                    List.of(
                            new Product(2, 0),
                            new Product(1, 0),
                            new Product(1, 1),
                            new Product(0, 1),
                            new Product(0, 2),
                            new Product(0, 0));
            };
        }
    }

    private final Assembler a;
    private final List<Product> products;
    private final int columnTiles;

    PartProducts(Assembler assembler, AmxFamily family, int columnTiles) {
        a = assembler;
        products = Product.of(family);
        this.columnTiles = columnTiles;
    }

    /// How many products a step has.
    int count(int rowTiles) {
        return products.size() * rowTiles * columnTiles;
    }

    /// Tiles are loaded when they are needed first: so a product waits for one of them only (measured on Sapphire
    /// Rapids: 2 of 100 faster than all that change at once).
    void write(int rowTiles, Loads loads, BlockCode.Between between) {
        var left = new int[] {-1, -1};
        var right = new int[] {-1, -1};
        int done = 0;
        for (var product : products) {
            boolean byColumns = left[0] == product.left;
            for (int i = 0; i < rowTiles * columnTiles; i++) {
                int row = byColumns ? i % rowTiles : i / columnTiles;
                int column = byColumns ? i / rowTiles : i % columnTiles;
                if (left[row] != product.left) {
                    left[row] = product.left;
                    loads.left(row, product.left);
                }
                if (right[column] != product.right) {
                    right[column] = product.right;
                    loads.right(column, (product.right * columnTiles + column) * Tiles.BYTES);
                }
                if (done < rowTiles * columnTiles) {
                    between.before(row, column);
                }
                a.emit(
                        TDPBF16PS,
                        sum(row, column),
                        new Tile(BlockCode.LEFT_TILES + row),
                        new Tile(BlockCode.RIGHT_TILES + column));
                between.after(done++);
            }
        }
    }

    /// The register of a tile of sums.
    Tile sum(int row, int column) {
        return new Tile(row * columnTiles + column);
    }
}
