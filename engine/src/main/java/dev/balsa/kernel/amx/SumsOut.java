package dev.balsa.kernel.amx;

import static dev.balsa.asm.AmxInstruction.TILESTORED;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT1;
import static dev.balsa.asm.GeneralInstruction.SHL;
import static dev.balsa.asm.GeneralInstruction.SHR;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Tile;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.amx.BlockCode.Shape;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.OperandPlaces;
import dev.balsa.kernel.code.StageCode;
import java.util.Arrays;
import java.util.List;

/// Writes the way of a block's sums out of the tile registers: into a buffer, in which rows of the block lie one after
/// the other, and from there, row by row, through the epilogue to the result.
///
/// Rows are finished while the next block is multiplied. So the result's and operands' addresses are those of the
/// block before until the next one is stored.
abstract class SumsOut {
    /// The place of rows that are dropped.
    static final int NOWHERE = -1;
    /// Bytes of the buffer.
    static final int BUFFER_BYTES = 4 * Tiles.BYTES;

    /// On the stack: elements of the result by which the block that is multiplied is ahead of the one before.
    static final Mem AHEAD = local(0);
    /// Where what is asked for begins in the result, where its rows follow each other.
    private static final Mem ASKED = local(9);

    private static final int PLACE_BYTES = Integer.BYTES;
    /// The places of the rows that are finished, their sums, the places of the rows that are multiplied meanwhile, and
    /// the result: all walk along with the rows.
    private static final Gpr PLACES = Gpr.RSI;
    private static final Gpr SUMS = Gpr.R12;
    private static final Gpr COMING_PLACES = Gpr.R14;
    private static final Gpr OUTPUT = Gpr.R15;
    /// Elements from the result's memory to the row.
    private static final Gpr ROW = Gpr.RCX;

    final Assembler a;
    final Lanes lanes;
    final Shape shape;
    private final List<Stage> stages;
    private final List<Integer> operands;
    /// Bytes of an element of the result.
    private final int bytes;

    SumsOut(Assembler assembler, Shape shape, List<Stage> stages, int bytes) {
        this.a = assembler;
        this.shape = shape;
        this.stages = stages;
        this.bytes = bytes;
        lanes = new Lanes(assembler, Bfloat16Code.UNIT);
        operands = StageCode.operands(stages);
    }

    /// A 64-bit number on the stack.
    static Mem local(int index) {
        return Mem.at(Gpr.RSP, index * Long.BYTES).sized(Long.SIZE);
    }

    /// Writes what becomes of a row of sums; takes rax.
    abstract void finishRow(int row);

    /// Writes what must be done before any row is finished; takes rax and what [#finishRow] takes.
    void start() {}

    /// Writes what must be done before rows of a panel are finished; takes rax and what [#finishRow] takes.
    void startPanel() {}

    /// Moves what lies as operands of one row do on to a further panel.
    ///
    /// @param bytes a register that holds by how much
    void moveOn(Gpr bytes) {}

    /// Columns from a panel to the next.
    final int panelColumns() {
        return shape.columnTiles() * Tiles.COLUMNS;
    }

    private int bufferRow() {
        return shape.columnTiles() * Tiles.ROW_BYTES;
    }

    /// The register of a tile of sums.
    final Tile sum(int row, int column) {
        return new Tile(row * shape.columnTiles() + column);
    }

    /// Before the first block there is one of dropped rows.
    final void begin() {
        if (shape.lastColumns() < Tiles.COLUMNS) {
            lanes.chooseFirst(shape.lastColumns());
        }
        var nowhere = new long[shape.rows() * PLACE_BYTES / Long.BYTES];
        Arrays.fill(nowhere, NOWHERE);
        a.emit(LEA, PLACES, a.constant(nowhere));
        a.emit(MOV, OUTPUT, BlockArgument.OUTPUT.in());
        a.emit(MOV, AHEAD, Imm.of(0));
        start();
        startPanel();
    }

    /// rcx = the block's first tile.
    final void startBlock() {
        a.emit(SHL, Gpr.RCX, Imm.of(Integer.numberOfTrailingZeros(Tiles.ROWS * PLACE_BYTES)));
        a.emit(ADD, Gpr.RCX, BlockArgument.OUTPUT_PLACES.in());
        a.emit(MOV, COMING_PLACES, Gpr.RCX);
        a.emit(MOV, SUMS, BlockArgument.BUFFER.in());
    }

    /// Bytes of an element of an operand.
    private int width(int operand) {
        return StageCode.storage(stages, operand).bytes();
    }

    /// Asks for what finishing a row of this block will read and write. It is brought to the second-level cache only:
    /// rows at distances of some KB fall into few sets of the first one. A place that is nowhere is asked for to no
    /// effect.
    final void ask(int row) {
        a.emit(MOV, ROW.low32(), Mem.at(COMING_PLACES, row * PLACE_BYTES));
        a.emit(ADD, ROW, AHEAD);
        for (int at = 0; at < panelColumns() * bytes; at += BlockCode.LINE) {
            a.emit(PREFETCHT1, Mem.at(OUTPUT, ROW, bytes, at));
        }
        for (int i = 0; i < operands.size(); i++) {
            if (OperandPlaces.isFull(stages, operands.get(i))) {
                int width = width(operands.get(i));
                a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RDI, BlockArgument.operand(i)));
                for (int at = 0; at < panelColumns() * width; at += BlockCode.LINE) {
                    a.emit(PREFETCHT1, Mem.at(Gpr.RAX, ROW, width, at));
                }
            }
        }
    }

    /// Begins to ask for the next block of rows of the result, and of operands of its shape, where these are one
    /// piece: then they are asked for in the order of memory while all panels go by, so that the processor reads
    /// ahead itself (it has many more lines under way for that than instructions may wait for).
    ///
    /// rcx = this block's first tile.
    final void startAsking(int rowTiles) {
        a.emit(SHL, Gpr.RCX, Imm.of(Integer.numberOfTrailingZeros(Tiles.ROWS * PLACE_BYTES)));
        a.emit(ADD, Gpr.RCX, BlockArgument.OUTPUT_PLACES.in());
        a.emit(MOV, ROW.low32(), Mem.at(Gpr.RCX, rowTiles * Tiles.ROWS * PLACE_BYTES));
        a.emit(ADD, ROW, AHEAD);
        a.emit(LEA, ROW, Mem.at(OUTPUT, ROW, bytes, 0));
        a.emit(MOV, ASKED, ROW);
    }

    /// How many lines of these some rows have.
    final int lines(int rows) {
        return Math.ceilDiv(rows * panelColumns() * bytes, BlockCode.LINE);
    }

    /// Asks for a line of the result, and for as many elements of operands.
    final void askLine(int line) {
        a.emit(MOV, Gpr.RAX, ASKED);
        a.emit(PREFETCHT1, Mem.at(Gpr.RAX, line * BlockCode.LINE));
        for (int i = 0; i < operands.size(); i++) {
            if (OperandPlaces.isFull(stages, operands.get(i))) {
                askLine(i, line);
            }
        }
    }

    private void askLine(int index, int line) {
        int width = width(operands.get(index));
        int first = line * BlockCode.LINE / bytes * width;
        a.emit(MOV, ROW, ASKED);
        a.emit(SUB, ROW, OUTPUT);
        if (width < bytes) {
            a.emit(SHR, ROW, Imm.of(Integer.numberOfTrailingZeros(bytes / width)));
        } else if (width > bytes) {
            a.emit(SHL, ROW, Imm.of(Integer.numberOfTrailingZeros(width / bytes)));
        }
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RDI, BlockArgument.operand(index)));
        for (int at = 0; at < BlockCode.LINE / bytes * width; at += BlockCode.LINE) {
            a.emit(PREFETCHT1, Mem.at(Gpr.RAX, ROW, 1, first + at));
        }
    }

    /// Finishes a row of the block before.
    final void finish(int row) {
        var dropped = new Label("dropped");
        a.emit(MOV, ROW.low32(), Mem.at(PLACES, row * PLACE_BYTES));
        a.emit(CMP, ROW.low32(), Imm.of(NOWHERE));
        a.emit(JE, dropped);
        finishRow(row);
        a.bind(dropped);
    }

    /// Moves on by some rows.
    final void walk(int rows) {
        a.emit(ADD, PLACES, Imm.of((long) rows * PLACE_BYTES));
        a.emit(ADD, COMING_PLACES, Imm.of((long) rows * PLACE_BYTES));
        a.emit(ADD, SUMS, Imm.of((long) rows * bufferRow()));
        askFrom(rows);
    }

    /// What is asked for next lies behind some rows.
    final void askFrom(int rows) {
        if (shape.rowsFollow()) {
            a.emit(ADD, ASKED, Imm.of((long) rows * panelColumns() * bytes));
        }
    }

    /// Sets the zero flag if all rows are finished.
    final void testLeft() {
        a.emit(LEA, Gpr.RAX, Mem.at(SUMS, -shape.rows() * bufferRow()));
        a.emit(CMP, Gpr.RAX, BlockArgument.BUFFER.in());
    }

    /// Stores a tile of sums of the block before; takes rax and rcx.
    final void store(int row, int column) {
        int at = row * Tiles.ROWS * bufferRow() + column * Tiles.ROW_BYTES;
        a.emit(MOV, Gpr.RCX, BlockArgument.BUFFER.in());
        a.emit(MOV, Gpr.RAX.low32(), Imm.of(bufferRow()));
        a.emit(TILESTORED, Mem.at(Gpr.RCX, Gpr.RAX, 1, at), sum(row, column));
    }

    /// The block that has been multiplied becomes the one before.
    ///
    /// @param walked by how many rows it has moved on
    final void turn(int walked) {
        a.emit(LEA, PLACES, Mem.at(COMING_PLACES, -walked * PLACE_BYTES));
        goOn();
    }

    private void goOn() {
        var same = new Label("same panel");
        a.emit(MOV, Gpr.RAX, AHEAD);
        a.emit(CMP, Gpr.RAX, Imm.of(0));
        a.emit(JE, same);
        a.emit(LEA, OUTPUT, Mem.at(OUTPUT, Gpr.RAX, bytes, 0));
        a.emit(ADD, Gpr.RAX, Gpr.RAX);
        moveOperandsOn(Short.BYTES);
        a.emit(ADD, Gpr.RAX, Gpr.RAX);
        moveOperandsOn(Float.BYTES);
        moveOn(Gpr.RAX);
        startPanel();
        a.emit(MOV, AHEAD, Imm.of(0));
        a.bind(same);
    }

    /// Moves operands whose elements have so many bytes on by rax.
    private void moveOperandsOn(int width) {
        for (int i = 0; i < operands.size(); i++) {
            int operand = operands.get(i);
            boolean isOne = stages.stream()
                    .anyMatch(stage -> stage instanceof Stage.Binary binary
                            && binary.operand() == operand
                            && binary.spread() == Spread.SCALAR);
            if (!isOne && width(operand) == width) {
                a.emit(ADD, Mem.at(Gpr.RDI, BlockArgument.operand(i)).sized(Long.SIZE), Gpr.RAX);
            }
        }
    }

    /// Finishes the rows of the last block.
    final void finishAll() {
        var row = new Label("row");
        for (int tile = 0; tile < shape.rows() / Tiles.ROWS; tile++) {
            for (int column = 0; column < shape.columnTiles(); column++) {
                store(tile, column);
            }
        }
        a.emit(MOV, SUMS, BlockArgument.BUFFER.in());
        a.bind(row);
        finish(0);
        finish(1);
        walk(2);
        testLeft();
        a.emit(JNE, row);
    }

    /// Columns of a tile that are of the result.
    final int count(int column) {
        return column == shape.columnTiles() - 1 ? shape.lastColumns() : Tiles.COLUMNS;
    }

    /// Where the sums of a row are.
    final Mem sums(int row, int column) {
        return Mem.at(SUMS, row * bufferRow() + column * Tiles.ROW_BYTES);
    }

    /// Where they go to, and so many bytes behind.
    final Mem place(int column, int behind) {
        return Mem.at(OUTPUT, ROW, bytes, column * Tiles.COLUMNS * bytes + behind);
    }

    /// The operands at the place of a row's sums; fetching one takes rax.
    final StageCode.Operands operands(int column) {
        return new RowOperands(column * Tiles.COLUMNS, count(column));
    }

    private final class RowOperands implements StageCode.Operands {
        private final int first;
        private final int count;

        RowOperands(int first, int count) {
            this.first = first;
            this.count = count;
        }

        @Override
        public Mem at(Stage.Binary stage) {
            int index = operands.indexOf(stage.operand());
            a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RDI, BlockArgument.operand(index)));
            return switch (stage.spread()) {
                case FULL ->
                    Mem.at(
                            Gpr.RAX,
                            ROW,
                            stage.storage().bytes(),
                            first * stage.storage().bytes());
                case COLUMN -> Mem.at(Gpr.RAX, first * Float.BYTES);
                case SCALAR -> Mem.at(Gpr.RAX, 0);
                case ROW -> throw new IllegalArgumentException("no code for operands by row; ask knows() first");
            };
        }

        @Override
        public int lanes() {
            return count;
        }
    }
}
