package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT0;
import static dev.balsa.asm.GeneralInstruction.PREFETCHT1;
import static dev.balsa.asm.GeneralInstruction.PREFETCHW;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.Stage.Spread;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;

/// Writes how a tile of [TileCode] asks for memory that is read or written soon.
///
/// @param rows of the tile
/// @param vectors of columns
record TileAhead(Assembler a, VectorUnit unit, TileForm form, int rows, int vectors, List<Stage> stages) {
    private static final int LINE = 64;

    /// Whether the next tile's rows are asked for.
    boolean asksNextRows() {
        return form.order() == TileForm.Order.PANELS_AHEAD && rows > 1;
    }

    /// rdx = where the next tile's rows begin, if there is one: as far apart as those of this tile. What lies
    /// there is only asked for.
    void findNextRows() {
        a.emit(MOV, Gpr.RAX, TileCode.ROWS.get(1));
        a.emit(SUB, Gpr.RAX, TileCode.ROWS.getFirst());
        a.emit(LEA, Gpr.RDX, Mem.at(TileCode.ROWS.get(rows - 1), Gpr.RAX, 1, 0));
        a.emit(IMUL, Gpr.RAX, Gpr.RAX, Imm.of(rows));
        a.emit(ADD, Gpr.RAX, Gpr.RDX);
        a.emit(MOV, TileCode.argument(TileArgument.AHEAD_END), Gpr.RAX);
    }

    /// Asks for the next lines of the next tile's rows.
    void askNextRows() {
        var enough = new Label("enough");
        a.emit(CMP, Gpr.RDX, TileCode.argument(TileArgument.AHEAD_END));
        a.emit(JAE, enough);
        a.emit(PREFETCHT1, Mem.at(Gpr.RDX, 0));
        a.emit(PREFETCHT1, Mem.at(Gpr.RDX, LINE));
        a.emit(ADD, Gpr.RDX, Imm.of(2L * LINE));
        a.bind(enough);
    }

    /// Asks for a share of the next block, so that it is in the second-level cache when its turn comes.
    void askNextBlock() {
        var line = new Label("line");
        var skip = new Label("nothing next");
        a.emit(MOV, Gpr.RCX, TileCode.argument(TileArgument.NEXT_LINES));
        a.emit(CMP, Gpr.RCX, Imm.of(0));
        a.emit(JE, skip);
        a.emit(MOV, Gpr.RAX, TileCode.argument(TileArgument.NEXT));
        a.bind(line);
        a.emit(PREFETCHT1, Mem.at(Gpr.RAX, 0));
        a.emit(ADD, Gpr.RAX, Imm.of(LINE));
        a.emit(DEC, Gpr.RCX);
        a.emit(JNE, line);
        a.emit(MOV, TileCode.argument(TileArgument.NEXT), Gpr.RAX);
        a.bind(skip);
    }

    /// Asks for the lines that the epilogue reads and writes, while there is a product to be computed: they lie a
    /// row apart, which no prefetcher of the processor follows.
    void askResults() {
        var skip = new Label("no epilogue yet");
        a.emit(CMP, TileCode.argument(TileArgument.IS_LAST).sized(Long.SIZE), Imm.of(0));
        a.emit(JE, skip);
        a.emit(MOV, Gpr.RAX, TileCode.argument(TileArgument.OUTPUT_PLACES));
        a.emit(MOV, Gpr.RCX, TileCode.argument(TileArgument.OUTPUT));
        for (int row = 0; row < rows; row++) {
            a.emit(MOV, Gpr.RBX.low32(), Mem.at(Gpr.RAX, Gpr.RSI, Integer.BYTES, row * Integer.BYTES));
            for (int line = 0; line < vectors * unit.lanes() * form.resultBytes(); line += LINE) {
                a.emit(PREFETCHW, Mem.at(Gpr.RCX, Gpr.RBX, form.resultBytes(), line));
            }
        }
        var operands = StageCode.operands(stages);
        for (var stage : stages) {
            if (stage instanceof Stage.Binary binary && binary.spread() == Spread.FULL) {
                a.emit(MOV, Gpr.RCX, Mem.at(Gpr.RDI, TileArgument.operand(operands.indexOf(binary.operand()))));
                for (int row = 0; row < rows; row++) {
                    a.emit(MOV, Gpr.RBX.low32(), Mem.at(Gpr.RAX, Gpr.RSI, Integer.BYTES, row * Integer.BYTES));
                    for (int line = 0; line < vectors * unit.bytes(); line += LINE) {
                        a.emit(PREFETCHT0, Mem.at(Gpr.RCX, Gpr.RBX, Float.BYTES, line));
                    }
                }
            }
        }
        a.bind(skip);
    }
}
