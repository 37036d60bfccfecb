package dev.balsa.kernel.amx;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.StageCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
/// second-level cache, and 76 with one; rows an odd number of lines apart are best, and those at distances of 2 KB or
/// more that are powers of two take a third longer. While another process uses the same core's second thread,
/// products of tiles take three times as long. Storing four tiles of sums at once holds products up for some 80
/// cycles, so each is stored just before its sum begins anew. On Emerald Rapids a row of two columns of tiles with a
/// bias and a rectifier takes four cycles of the vector units beside products, which mostly hides them from a depth
/// of 128 on; what does not hide are lines between the first two caches: some four cycles for one that is written,
/// two for one that is read. So with a depth of 64 a block takes twice as long as its products, three times with an
/// operand of the result's shape, and four where the result leaves the second-level cache.
///
/// Splitting comes on top, where it is not done meanwhile, once per number of a band: 30 to 45 cycles for 32 numbers
/// in two parts, with what reading them takes, as long as their three products with 160 columns. Windows of 3x3 use
/// each number nine times.
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
    /// @param result how the result is stored; in parts only with whole panels of two tiles
    record Form(AmxFamily family, Shape shape, List<Stage> stages, Storage result) {
        /// Names the routine; equal names are equal code.
        String name() {
            var to = result == Storage.FLOATS ? "" : "_to_" + result.name().toLowerCase(Locale.ROOT);
            return "amx_tile_" + family.type() + "_" + shape.name() + to + " " + stages;
        }

        /// Whether rows are split meanwhile.
        private boolean splits() {
            return shape.splits() > 0;
        }

        /// Whether [Bfloat16Code] has registers of its own, and the mask that chooses columns of panels that are not
        /// whole, of which there are none then.
        private boolean takesApart() {
            return splits() || result == Storage.PARTS;
        }
    }

    /// Sums that go through the epilogue as they are.
    private static final class Sums extends SumsOut {
        private final Form form;
        private final Bfloat16Code bfloat;
        /// Stays in registers while a panel's rows are finished, and the stages behind it.
        private final Optional<Stage.Binary> bias;

        private final List<Stage> stages;

        Sums(Assembler assembler, Form form) {
            super(assembler, form.shape, form.stages, form.result.bytes());
            this.form = form;
            bfloat = new Bfloat16Code(assembler, form.family.parts());
            bias = StageCode.bias(form.stages);
            stages = form.stages.subList(bias.isPresent() ? 1 : 0, form.stages.size());
        }

        @Override
        void start() {
            if (form.takesApart()) {
                bfloat.begin();
            }
            StageCode.keepConstants(lanes, stages, Bfloat16Code.UNIT.registers(taken() + shape.columnTiles(), last()));
        }

        @Override
        void startPanel() {
            bias.ifPresent(stage -> {
                for (int column = 0; column < shape.columnTiles(); column++) {
                    var place = operands(column).at(stage);
                    lanes.loadFirst(bias(column), place, count(column), Storage.FLOATS);
                }
            });
        }

        /// Registers that finishing a row takes, with functions of all columns by turns.
        private int taken() {
            return shape.columnTiles() * (1 + StageCode.temporaries(stages));
        }

        private Vec bias(int column) {
            return Vec.zmm(taken() + column);
        }

        /// Those from here on are of [Bfloat16Code].
        private int last() {
            return form.takesApart() ? Bfloat16Code.FIRST_TAKEN : Bfloat16Code.UNIT.registers();
        }

        /// All columns are read before any is written, since the result may lie over an operand of its shape.
        @Override
        void finishRow(int row) {
            compute(row);
            write();
        }

        private boolean isWhole() {
            return count(shape.columnTiles() - 1) == Tiles.COLUMNS;
        }

        private Vec x(int column) {
            return Vec.zmm(column);
        }

        private void compute(int row) {
            var free = Bfloat16Code.UNIT.registers(shape.columnTiles(), taken());
            var parts = new ArrayList<StageCode.Part>();
            for (int column = 0; column < shape.columnTiles(); column++) {
                var x = x(column);
                var sums = sums(row, column);
                var operands = operands(column);
                var start = bias(column);
                parts.add(registers -> {
                    if (bias.isPresent()) {
                        lanes.add(x, start, sums);
                    } else {
                        lanes.load(x, sums);
                    }
                    StageCode.write(lanes, stages, x, registers, operands);
                });
            }
            // Equal code by turns may take the same address register: each instruction has its turn for all.
            if (isWhole()) {
                StageCode.writeByTurns(lanes, stages, 0, parts, free);
            } else {
                parts.forEach(part -> part.write(free));
            }
        }

        private void write() {
            if (form.result == Storage.PARTS) {
                bfloat.split(
                        x(0),
                        x(1),
                        StageCode.areBounded(stages),
                        (part, bytes) -> place(0, part * Storage.PART_BYTES + bytes));
            } else if (form.result == Storage.BFLOAT16 && shape.columnTiles() == 2 && isWhole()) {
                lanes.storePair(place(0, 0), x(0), x(1), x(0));
            } else {
                for (int column = 0; column < shape.columnTiles(); column++) {
                    var x = x(column);
                    lanes.storeFirst(place(column, 0), x, count(column), form.result, x);
                }
            }
        }
    }

    private final Form form;
    private final PartProducts products;

    private AmxTileCode(Form form, Assembler assembler) {
        super(
                assembler,
                form.shape,
                new Sums(assembler, form),
                form.splits()
                        ? Optional.of(new SplitAhead(
                                assembler, form.shape, new Bfloat16Code(assembler, form.family.parts()), LEFT_STRIDE))
                        : Optional.empty());
        this.form = form;
        products = new PartProducts(assembler, form.family, form.shape.columnTiles());
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
        return products.count(rowTiles);
    }

    @Override
    int panelStep() {
        return form.family.parts() * form.shape.columnTiles() * Tiles.BYTES;
    }

    @Override
    void multiply(int rowTiles, Between between) {
        products.write(rowTiles, this, between);
    }
}
