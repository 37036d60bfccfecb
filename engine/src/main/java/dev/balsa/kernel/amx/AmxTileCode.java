package dev.balsa.kernel.amx;

import static dev.balsa.asm.AmxInstruction.TDPBF16PS;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Tile;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.code.StageCode;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Writes the code of blocks of tiles of bfloat16 parts of floats, whose sums are floats.
///
/// Four registers hold sums, two tiles of the left factor, two of the right one. The parts of both are taken in
/// such an order that from a product to the next only one side is loaded anew. A product takes 16 cycles of its
/// unit and has a latency of 52, which four sums hide; a tile takes 8 cycles of both load ports. For 32 steps of
/// depth:
///
/// | products | multiplying | loading | KB read |
/// | --- | --- | --- | --- |
/// | 1 | 64 cycles | 32 cycles | 4 |
/// | 3 | 192 cycles | 64 cycles | 8 |
/// | 6 | 384 cycles | 112 cycles | 14 |
///
/// So the products are what takes the time as long as the second-level cache, with some 50 bytes per cycle, keeps
/// up. A panel is read from it once for every block: 32, 21 or 16 bytes per cycle. The left factor's tiles add the
/// same where rows are long; windows over images share most of theirs with those before, in the first-level cache.
/// A panel that must come from a farther cache takes 430 cycles for 4 KB, twice as long as three products with it; so
/// it is asked for while the one before is multiplied.
///
/// On Sapphire Rapids the loop reaches 98 of 100 of what the unit alone does with three products, both factors in the
/// second-level cache, and 76 with one. While another process uses the same core's second thread, a tile takes three
/// times as long to load, and products wait for that. Storing four tiles of sums takes some 90 cycles in which
/// products wait; the epilogue and asking for its lines add some 15 while the next block has two steps of depth, and
/// on their own took 200 to 250. What remains is writing the result: with a depth of
/// 64 it takes as long as the products until the caches that cores share have taken it in.
///
/// Splitting comes on top, once per number of a band: 30 to 45 cycles for 32 numbers in two parts, with what reading
/// them takes, as long as their three products with 160 columns. Windows of 3x3 use each number nine times.
final class AmxTileCode extends BlockCode {
    /// Palette 1; 8 tiles of 64 bytes by 16 rows (Intel SDM, volume 1, *Tile Configuration*).
    private static final long[] CONFIGURATION = {
        1, 0, 0x0040_0040_0040_0040L, 0x0040_0040_0040_0040L, 0, 0, 0x1010_1010_1010_1010L, 0
    };

    /// All that the code depends on.
    ///
    /// @param family how many products of parts
    /// @param shape of the blocks
    /// @param stages the epilogue
    record Form(AmxFamily family, Shape shape, List<Stage> stages) {
        /// Names the routine; equal names are equal code.
        String name() {
            return "amx_tile_" + family.type() + "_" + shape.name() + " " + stages;
        }
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

    /// Sums that go through the epilogue as they are.
    private static final class Sums extends SumsOut {
        private final List<Stage> stages;

        Sums(Assembler assembler, Shape shape, List<Stage> stages) {
            super(assembler, shape, stages, Float.BYTES);
            this.stages = stages;
        }

        @Override
        void finishRow(int row) {
            var x = Vec.zmm(0);
            var free = IntStream.range(1, Bfloat16Code.UNIT.registers())
                    .mapToObj(Bfloat16Code.UNIT::register)
                    .toList();
            for (int column = 0; column < shape.columnTiles(); column++) {
                lanes.load(x, sums(row, column));
                StageCode.write(lanes, stages, x, free, operands(column));
                if (count(column) == Tiles.COLUMNS) {
                    lanes.store(place(column), x);
                } else {
                    lanes.storeFirst(place(column), x, count(column), free.getFirst());
                }
            }
        }
    }

    private final Form form;
    private final Assembler a;
    private final List<Product> products;

    private AmxTileCode(Form form, Assembler assembler) {
        super(assembler, form.shape, new Sums(assembler, form.shape, form.stages));
        this.form = form;
        this.a = assembler;
        products = Product.of(form.family);
    }

    /// A routine that configures the tiles.
    static byte[] begin() {
        return configure(CONFIGURATION);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return write(assembler -> new AmxTileCode(form, assembler));
    }

    @Override
    int products(int rowTiles) {
        return products.size() * rowTiles * form.shape.columnTiles();
    }

    @Override
    int panelStep() {
        return form.family.parts() * form.shape.columnTiles() * Tiles.BYTES;
    }

    @Override
    void multiply(int rowTiles, IntConsumer between) {
        int columnTiles = form.shape.columnTiles();
        int left = -1;
        int right = -1;
        int done = 0;
        for (var product : products) {
            if (product.left != left) {
                left = product.left;
                loadLeft(rowTiles, left);
            }
            if (product.right != right) {
                right = product.right;
                for (int column = 0; column < columnTiles; column++) {
                    loadRight(column, (right * columnTiles + column) * Tiles.BYTES);
                }
            }
            for (int row = 0; row < rowTiles; row++) {
                for (int column = 0; column < columnTiles; column++) {
                    var sum = new Tile(row * columnTiles + column);
                    a.emit(TDPBF16PS, sum, new Tile(LEFT_TILES + row), new Tile(RIGHT_TILES + column));
                    between.accept(done++);
                }
            }
        }
    }
}
