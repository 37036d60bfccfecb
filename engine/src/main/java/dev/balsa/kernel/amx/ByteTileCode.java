package dev.balsa.kernel.amx;

import static dev.balsa.asm.AmxInstruction.TDPBSSD;
import static dev.balsa.asm.AmxInstruction.TDPBUSD;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Tile;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.code.SumCode;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Writes the code of blocks of tiles of 8-bit integers.
///
/// Rows of the left factor are read where they lie. A step of 64 bytes of depth is four products of 16 cycles for
/// four tiles that are loaded, of 8 cycles each. What the left factor's zero point takes away from the sums is added
/// when they are in the buffer.
final class ByteTileCode extends BlockCode {
    private static final int QUAD = 4;

    /// All that the code depends on.
    ///
    /// @param signed whether bytes of the left factor have a sign
    /// @param depth bytes of a step, a multiple of 4, at most 64
    /// @param shape of the blocks
    /// @param result what becomes of sums
    /// @param stages the epilogue
    record Form(boolean signed, int depth, Shape shape, SumResult result, List<Stage> stages) {
        /// Names the routine; equal names are equal code.
        String name() {
            return "amx_tile_" + (signed ? "s8" : "u8") + depth + "_" + shape.name() + "_" + result.label() + " "
                    + stages;
        }
    }

    /// Sums to which a number is added in each column.
    private static final class Sums extends SumsOut {
        /// Registers that hold what is added, behind those of the epilogue.
        private static final int CORRECTIONS = 30;

        private final SumCode sums;

        Sums(Assembler assembler, Form form) {
            super(assembler, form.shape, form.stages, form.result.bytes());
            sums = new SumCode(form.result, form.stages, false);
        }

        private static Vec correction(int column) {
            return Vec.zmm(CORRECTIONS + column);
        }

        @Override
        void startPanel() {
            a.emit(MOV, Gpr.RAX, BlockArgument.CORRECTIONS.in());
            var zero = BlockArgument.ZERO_POINT.in().sized(Integer.SIZE);
            a.emit(IntegerVectorInstruction.VPBROADCASTD, Vec.zmm(0), zero);
            for (int column = 0; column < shape.columnTiles(); column++) {
                var negated = Mem.at(Gpr.RAX, column * Tiles.ROW_BYTES);
                a.emit(IntegerVectorInstruction.VPMULLD, correction(column), Vec.zmm(0), negated);
            }
        }

        @Override
        void moveOn(Gpr bytes) {
            a.emit(ADD, BlockArgument.CORRECTIONS.in(), bytes);
        }

        @Override
        void finishRow(int row) {
            var free = IntStream.range(2, CORRECTIONS)
                    .mapToObj(Bfloat16Code.UNIT::register)
                    .toList();
            int columns = shape.columnTiles();
            boolean isPair = columns == 2 && shape.lastColumns() == Tiles.COLUMNS && sums.storesPairs();
            for (int column = 0; column < columns; column++) {
                var x = Vec.zmm(column);
                a.emit(IntegerVectorInstruction.VPADDD, x, correction(column), sums(row, column));
                sums.write(lanes, x, free, operands(column));
                if (!isPair) {
                    sums.store(lanes, place(column, 0), x, count(column), free.getFirst());
                }
            }
            if (isPair) {
                sums.storePair(lanes, place(0, 0), Vec.zmm(0), Vec.zmm(1), free.getFirst());
            }
        }
    }

    private final Form form;
    private final Assembler a;

    private ByteTileCode(Form form, Assembler assembler) {
        super(assembler, form.shape, new Sums(assembler, form), Optional.empty());
        this.form = form;
        this.a = assembler;
    }

    /// A routine that configures the tiles for steps of so many bytes: sums of 64 bytes by 16 rows, left tiles of 16
    /// rows, right ones of 64 bytes (palette 1; Intel SDM, volume 1, *Tile Configuration*).
    static byte[] begin(int depth) {
        long left = depth;
        long right = depth / QUAD;
        return configure(
                1,
                0,
                0x0040_0040_0040_0040L,
                0x0040_0040_0000_0000L | left << 16 | left,
                0,
                0,
                0x0000_1010_1010_1010L | right << 56 | right << 48,
                0);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return write(assembler -> new ByteTileCode(form, assembler));
    }

    @Override
    int products(int rowTiles) {
        return rowTiles * form.shape.columnTiles();
    }

    @Override
    int panelStep() {
        return form.shape.columnTiles() * form.depth * Tiles.COLUMNS;
    }

    @Override
    void multiply(int rowTiles, Between between) {
        int columnTiles = form.shape.columnTiles();
        for (int row = 0; row < rowTiles; row++) {
            left(row, 0);
        }
        for (int column = 0; column < columnTiles; column++) {
            right(column, column * form.depth * Tiles.COLUMNS);
            for (int row = 0; row < rowTiles; row++) {
                between.before(row, column);
                a.emit(
                        form.signed ? TDPBSSD : TDPBUSD,
                        new Tile(row * columnTiles + column),
                        new Tile(LEFT_TILES + row),
                        new Tile(RIGHT_TILES + column));
                between.after(column * rowTiles + row);
            }
        }
    }
}
