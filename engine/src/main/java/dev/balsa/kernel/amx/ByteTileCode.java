package dev.balsa.kernel.amx;

import static dev.balsa.asm.AmxInstruction.LDTILECFG;
import static dev.balsa.asm.AmxInstruction.TDPBSSD;
import static dev.balsa.asm.AmxInstruction.TDPBUSD;
import static dev.balsa.asm.AmxInstruction.TILELOADD;
import static dev.balsa.asm.AmxInstruction.TILERELEASE;
import static dev.balsa.asm.AmxInstruction.TILESTORED;
import static dev.balsa.asm.AmxInstruction.TILEZERO;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT0;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT1;
import static dev.balsa.asm.GeneralInstruction.PREFETCHW;
import static dev.balsa.asm.GeneralInstruction.SHL;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Tile;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.OperandPlaces;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.SumCode;
import java.util.List;
import java.util.stream.IntStream;

/// Writes the code of blocks of tiles of 8-bit integers: one or two tiles of rows by one or two of columns, whose
/// sums stay in tile registers along the whole depth, then go through a buffer and the epilogue to the result.
///
/// The routine makes blocks of the tiles of rows from rsi to rdx, whose number is a multiple of the block's, by one
/// panel of columns after the other. rdi points to the [Argument]s, 64-bit numbers, some of which move on.
///
/// Rows of the left factor are read where they lie. A step of 64 bytes of depth is four products of 16 cycles for
/// four tiles that are loaded, of 8 cycles each. What the left factor's zero point takes away from the sums is added
/// when they are in the buffer.
final class ByteTileCode {
    /// What a routine is told, in this order.
    enum Argument implements RoutineArgument {
        LEFT(0),
        /// Bytes from a row of a tile to the next.
        STRIDE(1),
        /// For each tile, bytes from `LEFT` to its first row.
        STARTS(2),
        /// For each step of depth, bytes from a tile's start to where it lies.
        STEPS(3),
        STEP_COUNT(4),
        PANEL(5),
        /// Bytes from a panel to the next.
        PANEL_BYTES(6),
        /// How many panels of this kind follow each other, at least 1.
        PANELS(7),
        /// The sums of a panel's columns, negated.
        CORRECTIONS(8),
        /// The left factor's zero point, 32 bits with sign.
        ZERO_POINT(9),
        /// Memory for the sums of a block.
        BUFFER(10),
        /// The result's memory, shifted to the panel's first column.
        OUTPUT(11),
        /// For each row of each tile an unsigned 32-bit number: elements from `OUTPUT`, or [SumsOut#NOWHERE].
        OUTPUT_PLACES(12),
        /// The routine's own: the first tile.
        FIRST(13),
        /// The routine's own: what of the next panel is asked for next.
        NEXT(14),
        /// The epilogue's operands, shifted likewise, in the order in which its stages name them.
        OPERANDS(15);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        /// Where an operand of the epilogue stands, or would.
        static int operand(int index) {
            return OPERANDS.at() + index * Long.BYTES;
        }
    }

    /// Bytes of the buffer.
    static final int BUFFER_BYTES = 4 * Tiles.BYTES;

    private static final int QUAD = 4;
    private static final int PLACE_BYTES = 4;
    private static final int LEFT_TILES = 4;
    private static final int RIGHT_TILES = 6;
    /// Registers that hold what is added to sums, behind those of the epilogue.
    private static final int CORRECTIONS = 30;

    /// All that the code depends on.
    ///
    /// @param signed whether bytes of the left factor have a sign
    /// @param depth bytes of a step, a multiple of 4, at most 64
    /// @param rowTiles 1 or 2
    /// @param columnTiles 1 or 2
    /// @param lastColumns columns of the last tile that are of the result
    /// @param asked lines of the next panel that each step asks for, so that it is in the second-level cache when
    ///     its turn comes
    /// @param result what becomes of sums
    /// @param stages the epilogue
    record Form(
            boolean signed,
            int depth,
            int rowTiles,
            int columnTiles,
            int lastColumns,
            int asked,
            SumResult result,
            List<Stage> stages) {
        /// Names the routine; equal names are equal code.
        String name() {
            var whole = lastColumns == Tiles.COLUMNS ? "" : "_" + lastColumns + "columns";
            return "amx_tile_" + (signed ? "s8" : "u8") + depth + "_" + rowTiles + "x" + columnTiles + whole + "_"
                    + (asked > 0 ? asked + "ahead_" : "") + result.label() + " " + stages;
        }
    }

    private final Form form;
    private final Assembler a;
    private final Lanes lanes;
    private final SumCode sums;

    private ByteTileCode(Form form, Assembler assembler) {
        this.form = form;
        this.a = assembler;
        lanes = new Lanes(assembler, Bfloat16Code.UNIT);
        sums = new SumCode(form.result, form.stages, false);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new ByteTileCode(form, assembler).write());
    }

    private static Mem argument(Argument argument) {
        return Mem.at(Gpr.RDI, argument.at());
    }

    private static Mem number(Argument argument) {
        return argument(argument).sized(Long.SIZE);
    }

    private void write() {
        var panel = new Label("panel");
        var block = new Label("block");
        var end = new Label("end");
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JAE, end);
        if (form.lastColumns < Tiles.COLUMNS) {
            lanes.chooseFirst(form.lastColumns);
        }
        a.emit(LDTILECFG, a.constant(configuration()));
        a.emit(MOV, argument(Argument.FIRST), Gpr.RSI);
        a.bind(panel);
        correct();
        a.bind(block);
        prefetch();
        multiply();
        storeSums();
        finish();
        a.emit(ADD, Gpr.RSI, Imm.of(form.rowTiles));
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, block);
        goOn();
        a.emit(DEC, number(Argument.PANELS));
        a.emit(JNE, panel);
        a.emit(TILERELEASE);
        a.bind(end);
    }

    /// Palette 1; sums of 64 bytes by 16 rows, left tiles of 16 rows, right ones of 64 bytes (Intel SDM, volume 1,
    /// *Tile Configuration*).
    private long[] configuration() {
        long left = form.depth;
        long right = form.depth / QUAD;
        return new long[] {
            1,
            0,
            0x0040_0040_0040_0040L,
            0x0040_0040_0000_0000L | left << 16 | left,
            0,
            0,
            0x0000_1010_1010_1010L | right << 56 | right << 48,
            0
        };
    }

    /// What is added to the sums of a column.
    private static Vec correction(int column) {
        return Vec.zmm(CORRECTIONS + column);
    }

    private void correct() {
        a.emit(MOV, Gpr.RSI, argument(Argument.FIRST));
        a.emit(MOV, Gpr.RAX, argument(Argument.PANEL));
        a.emit(ADD, Gpr.RAX, argument(Argument.PANEL_BYTES));
        a.emit(MOV, argument(Argument.NEXT), Gpr.RAX);
        a.emit(MOV, Gpr.RAX, argument(Argument.CORRECTIONS));
        var zero = argument(Argument.ZERO_POINT).sized(Integer.SIZE);
        a.emit(IntegerVectorInstruction.VPBROADCASTD, Vec.zmm(0), zero);
        for (int column = 0; column < form.columnTiles; column++) {
            var sums = Mem.at(Gpr.RAX, column * Tiles.ROW_BYTES);
            a.emit(IntegerVectorInstruction.VPMULLD, correction(column), Vec.zmm(0), sums);
        }
    }

    /// Arguments move on to the next panel.
    private void goOn() {
        int columns = form.columnTiles * Tiles.COLUMNS;
        a.emit(MOV, Gpr.RAX, argument(Argument.PANEL_BYTES));
        a.emit(ADD, argument(Argument.PANEL), Gpr.RAX);
        a.emit(ADD, number(Argument.CORRECTIONS), Imm.of((long) columns * Integer.BYTES));
        a.emit(ADD, number(Argument.OUTPUT), Imm.of((long) columns * form.result.bytes()));
        var operands = StageCode.operands(form.stages);
        for (int i = 0; i < operands.size(); i++) {
            int operand = operands.get(i);
            boolean isOne = form.stages.stream()
                    .anyMatch(stage -> stage instanceof Stage.Binary binary
                            && binary.operand() == operand
                            && binary.spread() == Spread.SCALAR);
            if (!isOne) {
                var place = Mem.at(Gpr.RDI, Argument.operand(i)).sized(Long.SIZE);
                a.emit(ADD, place, Imm.of((long) columns * Float.BYTES));
            }
        }
    }

    /// r8 = places of the block's rows, r15 = how many.
    private void findPlaces() {
        a.emit(MOV, Gpr.R8, Gpr.RSI);
        a.emit(SHL, Gpr.R8, Imm.of(Integer.numberOfTrailingZeros(Tiles.ROWS * PLACE_BYTES)));
        a.emit(ADD, Gpr.R8, argument(Argument.OUTPUT_PLACES));
        a.emit(MOV, Gpr.R15.low32(), Imm.of((long) form.rowTiles * Tiles.ROWS));
    }

    /// Asks for the lines that the epilogue reads and writes, while there is a product to be computed. A place
    /// that is nowhere is asked for to no effect.
    private void prefetch() {
        var operands = StageCode.operands(form.stages);
        var full = IntStream.range(0, operands.size())
                .filter(i -> OperandPlaces.isFull(form.stages, operands.get(i)))
                .toArray();
        var row = new Label("row to come");
        findPlaces();
        a.emit(MOV, Gpr.R9, argument(Argument.OUTPUT));
        for (int i : full) {
            a.emit(MOV, OperandPlaces.BASES.get(i), Mem.at(Gpr.RDI, Argument.operand(i)));
        }
        int bytes = form.result.bytes();
        a.bind(row);
        a.emit(MOV, Gpr.RCX.low32(), Mem.at(Gpr.R8, 0));
        for (int at = 0; at < form.columnTiles * Tiles.COLUMNS * bytes; at += Tiles.ROW_BYTES) {
            a.emit(PREFETCHW, Mem.at(Gpr.R9, Gpr.RCX, bytes, at));
        }
        for (int i : full) {
            for (int column = 0; column < form.columnTiles; column++) {
                a.emit(PREFETCHT0, Mem.at(OperandPlaces.BASES.get(i), Gpr.RCX, Float.BYTES, column * Tiles.ROW_BYTES));
            }
        }
        a.emit(ADD, Gpr.R8, Imm.of(PLACE_BYTES));
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, row);
    }

    private Tile sum(int row, int column) {
        return new Tile(row * form.columnTiles + column);
    }

    /// r8 and r9 = the tiles of rows; r13 walks along the panel, r12 along the next one, rbx along the steps, of
    /// which r14 are left.
    private void multiply() {
        var step = new Label("step");
        a.emit(MOV, Gpr.RAX, argument(Argument.STARTS));
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RAX, Gpr.RSI, Long.BYTES, 0));
        a.emit(ADD, Gpr.R8, argument(Argument.LEFT));
        a.emit(MOV, Gpr.R10, argument(Argument.STRIDE));
        if (form.rowTiles > 1) {
            a.emit(MOV, Gpr.R9, Mem.at(Gpr.RAX, Gpr.RSI, Long.BYTES, Long.BYTES));
            a.emit(ADD, Gpr.R9, argument(Argument.LEFT));
        }
        a.emit(MOV, Gpr.R13, argument(Argument.PANEL));
        a.emit(MOV, Gpr.RBX, argument(Argument.STEPS));
        a.emit(MOV, Gpr.R14, argument(Argument.STEP_COUNT));
        a.emit(MOV, Gpr.R12, argument(Argument.NEXT));
        for (int row = 0; row < form.rowTiles; row++) {
            for (int column = 0; column < form.columnTiles; column++) {
                a.emit(TILEZERO, sum(row, column));
            }
        }
        a.emit(MOV, Gpr.R11.low32(), Imm.of(Tiles.ROW_BYTES));
        a.align(32);
        a.bind(step);
        step();
        a.emit(ADD, Gpr.RBX, Imm.of(Long.BYTES));
        a.emit(ADD, Gpr.R13, Imm.of((long) form.columnTiles * form.depth * Tiles.COLUMNS));
        if (form.asked > 0) {
            a.emit(ADD, Gpr.R12, Imm.of((long) form.asked * Tiles.ROW_BYTES));
        }
        a.emit(DEC, Gpr.R14);
        a.emit(JNE, step);
        a.emit(MOV, argument(Argument.NEXT), Gpr.R12);
    }

    private void step() {
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RBX, 0));
        for (int row = 0; row < form.rowTiles; row++) {
            var start = row == 0 ? Gpr.R8 : Gpr.R9;
            a.emit(MOV, Gpr.RCX, start);
            a.emit(ADD, Gpr.RCX, Gpr.RAX);
            a.emit(TILELOADD, new Tile(LEFT_TILES + row), Mem.at(Gpr.RCX, Gpr.R10, 1, 0));
        }
        for (int column = 0; column < form.columnTiles; column++) {
            int at = column * form.depth * Tiles.COLUMNS;
            a.emit(TILELOADD, new Tile(RIGHT_TILES + column), Mem.at(Gpr.R13, Gpr.R11, 1, at));
            for (int row = 0; row < form.rowTiles; row++) {
                a.emit(
                        form.signed ? TDPBSSD : TDPBUSD,
                        sum(row, column),
                        new Tile(LEFT_TILES + row),
                        new Tile(RIGHT_TILES + column));
                ask(column * form.rowTiles + row);
            }
        }
    }

    /// Asks for a share of the lines of a step, between its products.
    private void ask(int product) {
        int products = form.rowTiles * form.columnTiles;
        for (int line = product; line < form.asked; line += products) {
            a.emit(PREFETCHT1, Mem.at(Gpr.R12, line * Tiles.ROW_BYTES));
        }
    }

    private int bufferRow() {
        return form.columnTiles * Tiles.ROW_BYTES;
    }

    /// rax = the buffer, in which rows of the block lie one after the other.
    private void storeSums() {
        a.emit(MOV, Gpr.RAX, argument(Argument.BUFFER));
        a.emit(MOV, Gpr.R11.low32(), Imm.of(bufferRow()));
        for (int row = 0; row < form.rowTiles; row++) {
            for (int column = 0; column < form.columnTiles; column++) {
                int at = row * Tiles.ROWS * bufferRow() + column * Tiles.ROW_BYTES;
                a.emit(TILESTORED, Mem.at(Gpr.RAX, Gpr.R11, 1, at), sum(row, column));
            }
        }
    }

    /// rax walks along the buffer, r8 along the places of rows, of which r15 are left; rcx = elements from the
    /// result's memory to the row, rbx = the row.
    private void finish() {
        var row = new Label("row");
        var dropped = new Label("dropped");
        findPlaces();
        a.emit(MOV, Gpr.R9, argument(Argument.OUTPUT));
        for (int i = 0; i < StageCode.operands(form.stages).size(); i++) {
            a.emit(MOV, OperandPlaces.BASES.get(i), Mem.at(Gpr.RDI, Argument.operand(i)));
        }
        a.bind(row);
        a.emit(MOV, Gpr.RCX.low32(), Mem.at(Gpr.R8, 0));
        a.emit(CMP, Gpr.RCX.low32(), Imm.of(SumsOut.NOWHERE));
        a.emit(JE, dropped);
        a.emit(MOV, Gpr.RBX, Gpr.RCX);
        if (form.result.bytes() > 1) {
            a.emit(SHL, Gpr.RBX, Imm.of(Integer.numberOfTrailingZeros(form.result.bytes())));
        }
        a.emit(ADD, Gpr.RBX, Gpr.R9);
        finishRow();
        a.bind(dropped);
        a.emit(ADD, Gpr.RAX, Imm.of(bufferRow()));
        a.emit(ADD, Gpr.R8, Imm.of(PLACE_BYTES));
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, row);
    }

    private void finishRow() {
        var free = IntStream.range(2, CORRECTIONS)
                .mapToObj(Bfloat16Code.UNIT::register)
                .toList();
        boolean isPair = form.columnTiles == 2 && form.lastColumns == Tiles.COLUMNS && sums.storesPairs();
        for (int column = 0; column < form.columnTiles; column++) {
            int at = column * Tiles.ROW_BYTES;
            int count = column == form.columnTiles - 1 ? form.lastColumns : Tiles.COLUMNS;
            var x = Vec.zmm(column);
            a.emit(IntegerVectorInstruction.VPADDD, x, correction(column), Mem.at(Gpr.RAX, at));
            var places = new OperandPlaces(form.stages, Gpr.RCX, Float.BYTES, at, Gpr.NONE, at, count);
            sums.write(lanes, x, free, places);
            if (!isPair) {
                var place = Mem.at(Gpr.RBX, column * Tiles.COLUMNS * form.result.bytes());
                sums.store(lanes, place, x, count, free.getFirst());
            }
        }
        if (isPair) {
            sums.storePair(lanes, Mem.at(Gpr.RBX, 0), Vec.zmm(0), Vec.zmm(1), free.getFirst());
        }
    }
}
