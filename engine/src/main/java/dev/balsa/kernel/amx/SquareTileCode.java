package dev.balsa.kernel.amx;

import static dev.balsa.asm.AmxInstruction.TILELOADD;
import static dev.balsa.asm.AmxInstruction.TILESTORED;
import static dev.balsa.asm.AmxInstruction.TILEZERO;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMOVA;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT1;
import static dev.balsa.asm.GeneralInstruction.SHL;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Tile;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.amx.SquareTransform.Share;
import dev.balsa.kernel.code.Routine;
import java.util.List;

/// Writes the code of a pass of [SquareTransform]: products of the squares' parts with panels of the kernels', of which
/// outputs are put together.
///
/// The routine makes rdx blocks of 32 squares, at least one, by each of the panels that follow each other; rdi points
/// to the [SquareArgument]s. Tiles are configured beforehand. A panel has the four positions of the pass one after the
/// other.
///
/// The sums of a position go to a buffer when the next one's begin, each tile just before it is needed again. A buffer
/// holds four positions; while it is filled, the squares of the block before leave the other one between the products
/// of most steps, as [BlockCode] has it: four sums become two neighbouring outputs, are added to what other passes have
/// given, and kept, or go through the epilogue to the result.
final class SquareTileCode {
    /// All that the code depends on.
    ///
    /// @param family how many products of parts
    /// @param columnTiles of a panel, 1 or 2
    /// @param lastColumns columns of the last of them that are of the result
    /// @param steps of depth of a position
    /// @param shares what becomes of the outputs
    /// @param asked lines of the next panel that each step asks for
    /// @param stages the epilogue
    /// @param result how the result is stored; in parts only with two whole tiles of columns
    record Form(
            AmxFamily family,
            int columnTiles,
            int lastColumns,
            int steps,
            List<Share> shares,
            int asked,
            List<Stage> stages,
            Storage result) {
        /// Names the routine; equal names are equal code.
        String name() {
            return "amx_square_" + family.type() + "_" + columnTiles + "x" + lastColumns + "_" + rows() + "rows_ask"
                    + asked + " " + shares + " " + (ends() ? stages + " to " + result : "");
        }

        boolean ends() {
            return shares.stream().anyMatch(Share::ends);
        }

        /// Bytes of a row of a position's sums.
        int sumRow() {
            return columnTiles * Tiles.ROW_BYTES;
        }

        int positionBytes() {
            return BLOCK * sumRow();
        }

        int bufferBytes() {
            return SquareTransform.SIDE * positionBytes();
        }

        int keptBytes() {
            return SquareTransform.OUTPUTS * sumRow();
        }

        /// How many squares leave the buffer in each of most steps: a power of two.
        int rows() {
            int rows = 1;
            while (rows * (steps - 1) * SquareTransform.SIDE < BLOCK) {
                rows *= 2;
            }
            return rows;
        }
    }

    /// Squares of a block.
    static final int BLOCK = 2 * Tiles.ROWS;
    /// Bytes of both buffers.
    static final int BUFFER_BYTES = 2 * SquareTransform.SIDE * 4 * Tiles.BYTES;

    private static final Mem BLOCKS = local(0);
    private static final Mem BLOCKS_LEFT = local(1);
    /// Where the rows of the block at hand begin.
    private static final Mem ROWS = local(2);
    private static final Mem POSITIONS_LEFT = local(3);
    /// Where the sums of the position before go.
    private static final Mem STORED = local(4);
    /// Squares of the block before that are in a buffer.
    private static final Mem SQUARES_LEFT = local(5);
    private static final Mem PANEL = local(6);
    private static final Mem PANELS_LEFT = local(7);
    /// Bytes from the end of a position's steps to the next position's first one.
    private static final Mem NEXT_POSITION = local(8);
    private static final Mem ASKED_END = local(9);
    private static final Mem KEPT_PANEL = local(10);
    private static final int LOCALS = 11;

    private static final Gpr STEPS_LEFT = Gpr.RBX;
    private static final Gpr[] LEFT = {Gpr.R8, Gpr.R9};
    private static final Gpr LEFT_STRIDE = Gpr.R10;
    private static final Gpr RIGHT_STRIDE = Gpr.R11;
    private static final Gpr RIGHT = Gpr.R13;
    private static final Gpr ASKED = Gpr.RDX;

    private final Form form;
    private final Assembler a;
    private final PartProducts products;
    private final SquaresOut out;

    private SquareTileCode(Form form, Assembler assembler) {
        this.form = form;
        a = assembler;
        products = new PartProducts(assembler, form.family, form.columnTiles);
        out = new SquaresOut(form, assembler);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(LOCALS * Long.BYTES, assembler -> new SquareTileCode(form, assembler).write());
    }

    private static Mem local(int index) {
        return Mem.at(Gpr.RSP, index * Long.BYTES).sized(Long.SIZE);
    }

    private void write() {
        out.start();
        a.emit(MOV, BLOCKS, Gpr.RDX);
        a.emit(MOV, LEFT_STRIDE, SquareArgument.STRIDE.in());
        a.emit(MOV, RIGHT_STRIDE.low32(), Imm.of(Tiles.ROW_BYTES));
        a.emit(MOV, Gpr.RCX, SquareArgument.STEPS.in());
        a.emit(SHL, Gpr.RCX, Imm.of(Integer.numberOfTrailingZeros(Tiles.ROW_BYTES)));
        a.emit(MOV, Gpr.RAX, SquareArgument.POSITION_STEP.in());
        a.emit(SUB, Gpr.RAX, Gpr.RCX);
        a.emit(MOV, NEXT_POSITION, Gpr.RAX);
        copy(PANEL, SquareArgument.PANEL.in());
        copy(PANELS_LEFT, SquareArgument.PANELS.in());
        copy(KEPT_PANEL, SquareArgument.KEPT.in());
        a.emit(MOV, SquaresOut.OUTPUT, SquareArgument.OUTPUT.in());
        var panel = new Label("panel");
        a.bind(panel);
        startPanel();
        var block = new Label("block");
        a.bind(block);
        block();
        a.emit(IMUL, Gpr.RAX, LEFT_STRIDE, Imm.of(BLOCK));
        a.emit(ADD, ROWS, Gpr.RAX);
        a.emit(DEC, BLOCKS_LEFT);
        a.emit(JNE, block);
        finishLast();
        endPanel();
        a.emit(JNE, panel);
    }

    private void copy(Mem local, Mem from) {
        a.emit(MOV, Gpr.RAX, from);
        a.emit(MOV, local, Gpr.RAX);
    }

    private void startPanel() {
        if (form.asked > 0) {
            var last = new Label("last panel");
            a.emit(MOV, ASKED, SquareArgument.NEXT.in());
            a.emit(CMP, PANELS_LEFT, Imm.of(1));
            a.emit(JE, last);
            a.emit(MOV, ASKED, PANEL);
            a.emit(ADD, ASKED, SquareArgument.PANEL_BYTES.in());
            a.bind(last);
            a.emit(MOV, Gpr.RAX, ASKED);
            a.emit(ADD, Gpr.RAX, SquareArgument.PANEL_BYTES.in());
            a.emit(MOV, ASKED_END, Gpr.RAX);
        }
        copy(ROWS, SquareArgument.LEFT.in());
        copy(BLOCKS_LEFT, BLOCKS);
        a.emit(MOV, SQUARES_LEFT, Imm.of(0));
        a.emit(MOV, Gpr.RAX, SquareArgument.BUFFER.in());
        a.emit(ADD, Gpr.RAX, Imm.of(2L * form.bufferBytes() - form.positionBytes()));
        a.emit(MOV, STORED, Gpr.RAX);
        a.emit(MOV, SquaresOut.KEPT, KEPT_PANEL);
        a.emit(MOV, SquaresOut.PLACES, SquareArgument.PLACES.in());
    }

    /// Sets the zero flag after the last one.
    private void endPanel() {
        a.emit(MOV, Gpr.RAX, SquareArgument.PANEL_BYTES.in());
        a.emit(ADD, PANEL, Gpr.RAX);
        a.emit(MOV, Gpr.RAX, SquareArgument.KEPT_PANEL.in());
        a.emit(ADD, KEPT_PANEL, Gpr.RAX);
        out.endPanel();
        a.emit(DEC, PANELS_LEFT);
    }

    private void block() {
        a.emit(MOV, LEFT[0], ROWS);
        a.emit(IMUL, LEFT[1], LEFT_STRIDE, Imm.of(Tiles.ROWS));
        a.emit(ADD, LEFT[1], LEFT[0]);
        a.emit(MOV, RIGHT, PANEL);
        a.emit(MOV, POSITIONS_LEFT, Imm.of(SquareTransform.SIDE));
        var position = new Label("position");
        var others = new Label("further step");
        var rows = new Label("step with squares");
        var end = new Label("end of position");
        a.bind(position);
        firstStep();
        turn();
        a.emit(MOV, STEPS_LEFT, SquareArgument.STEPS.in());
        a.emit(DEC, STEPS_LEFT);
        a.align(32);
        a.bind(rows);
        a.emit(CMP, SQUARES_LEFT, Imm.of(0));
        a.emit(JE, others);
        step(new Squares(form.rows(), false));
        out.walk(form.rows());
        a.emit(SUB, SQUARES_LEFT, Imm.of(form.rows()));
        a.emit(DEC, STEPS_LEFT);
        a.emit(JNE, rows);
        a.emit(JMP, end);
        a.align(32);
        a.bind(others);
        step(new Squares(0, false));
        a.emit(DEC, STEPS_LEFT);
        a.emit(JNE, others);
        a.bind(end);
        a.emit(ADD, LEFT[0], NEXT_POSITION);
        a.emit(ADD, LEFT[1], NEXT_POSITION);
        a.emit(DEC, POSITIONS_LEFT);
        a.emit(JNE, position);
    }

    /// Each tile of sums of the position before is stored just before its own begin anew.
    private void firstStep() {
        step(new Squares(0, true));
    }

    /// After a position's first step, the sums of the one before are in the buffer: if that was a block's last one, its
    /// squares leave it from now on.
    private void turn() {
        var same = new Label("same buffer");
        var still = new Label("same block");
        a.emit(ADD, STORED, Imm.of(form.positionBytes()));
        a.emit(MOV, Gpr.RCX, SquareArgument.BUFFER.in());
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.RCX, 2 * form.bufferBytes()));
        a.emit(CMP, Gpr.RAX, STORED);
        a.emit(JNE, same);
        a.emit(MOV, STORED, Gpr.RCX);
        a.bind(same);
        a.emit(CMP, POSITIONS_LEFT, Imm.of(SquareTransform.SIDE));
        a.emit(JNE, still);
        a.emit(MOV, Gpr.RAX, BLOCKS_LEFT);
        a.emit(CMP, Gpr.RAX, BLOCKS);
        a.emit(JE, still);
        otherBuffer();
        a.emit(MOV, SQUARES_LEFT, Imm.of(BLOCK));
        a.bind(still);
    }

    /// SUMS = the buffer that is not stored to; rcx = the first one.
    private void otherBuffer() {
        a.emit(LEA, SquaresOut.SUMS, Mem.at(Gpr.RCX, Gpr.RCX, 1, form.bufferBytes()));
        a.emit(SUB, SquaresOut.SUMS, STORED);
    }

    /// The squares of the panel's last block.
    private void finishLast() {
        var row = new Label("square");
        for (int tile = 0; tile < 2; tile++) {
            for (int column = 0; column < form.columnTiles; column++) {
                store(tile, column);
            }
        }
        a.emit(MOV, SquaresOut.SUMS, STORED);
        a.emit(SUB, SquaresOut.SUMS, Imm.of((long) form.bufferBytes() - form.positionBytes()));
        a.emit(MOV, STEPS_LEFT, Imm.of(BLOCK));
        a.bind(row);
        out.finish(0);
        out.walk(1);
        a.emit(DEC, STEPS_LEFT);
        a.emit(JNE, row);
    }

    private void step(Squares between) {
        products.write(2, new Loads(), between);
        a.emit(ADD, LEFT[0], Imm.of(Tiles.ROW_BYTES));
        a.emit(ADD, LEFT[1], Imm.of(Tiles.ROW_BYTES));
        a.emit(ADD, RIGHT, Imm.of((long) form.family.parts() * form.columnTiles * Tiles.BYTES));
        if (form.asked > 0) {
            a.emit(ADD, ASKED, Imm.of((long) form.asked * BlockCode.LINE));
            a.emit(CMP, ASKED, ASKED_END);
            a.emit(CMOVA, ASKED, ASKED_END);
        }
    }

    private void store(int row, int column) {
        int at = row * Tiles.ROWS * form.sumRow() + column * Tiles.ROW_BYTES;
        a.emit(MOV, Gpr.RCX, STORED);
        a.emit(MOV, Gpr.RAX.low32(), Imm.of(form.sumRow()));
        a.emit(TILESTORED, Mem.at(Gpr.RCX, Gpr.RAX, 1, at), products.sum(row, column));
    }

    private final class Loads implements PartProducts.Loads {
        @Override
        public void left(int row, int part) {
            a.emit(MOV, Gpr.RAX, LEFT[row]);
            for (int i = 0; i < part; i++) {
                a.emit(ADD, Gpr.RAX, SquareArgument.PLANE_STEP.in());
            }
            a.emit(TILELOADD, new Tile(BlockCode.LEFT_TILES + row), Mem.at(Gpr.RAX, LEFT_STRIDE, 1, 0));
        }

        @Override
        public void right(int column, int at) {
            a.emit(TILELOADD, new Tile(BlockCode.RIGHT_TILES + column), Mem.at(RIGHT, RIGHT_STRIDE, 1, at));
        }
    }

    /// What is done while a step is multiplied.
    private final class Squares implements BlockCode.Between {
        private final int count = products.count(2);
        private final int squares;
        private final boolean begins;

        /// @param squares that leave the buffer
        /// @param begins whether sums begin
        Squares(int squares, boolean begins) {
            this.squares = squares;
            this.begins = begins;
        }

        @Override
        public void before(int row, int column) {
            if (begins) {
                store(row, column);
                a.emit(TILEZERO, products.sum(row, column));
            }
        }

        @Override
        public void after(int product) {
            BlockCode.spread(
                    form.asked, product, count, line -> a.emit(PREFETCHT1, Mem.at(ASKED, line * BlockCode.LINE)));
            BlockCode.spread(squares, product, count, out::finish);
        }
    }
}
