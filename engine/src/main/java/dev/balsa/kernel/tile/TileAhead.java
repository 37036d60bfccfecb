package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
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
/// What comes after a tile's own operands is asked for line by line while the product runs, so that few requests
/// wait at a time and the tile's own loads come through: rdx walks along it, some lines a round of steps. A range
/// that few tiles must ask for is asked for at their beginnings instead.
///
/// @param rows of the tile
/// @param vectors of columns
record TileAhead(Assembler a, VectorUnit unit, TileForm form, int rows, int vectors, List<Stage> stages) {
    private static final int LINE = 64;
    /// Measured on a Zen 3 from 512 to 4096 bytes: from 1024 to 2048 weights come as fast as memory gives them, a
    /// quarter faster than without.
    private static final int PANEL_AHEAD = 1536;

    /// Whether the next tile's rows are asked for.
    boolean asksNextRows() {
        return form.order() == TileForm.Order.PANELS_AHEAD && rows > 1;
    }

    /// Whether the next block of a packed panel is asked for.
    private boolean asksNextBlock() {
        return form.order() == TileForm.Order.ROWS && !form.stridedPanel();
    }

    /// The most lines that a round of steps asks for: of rows, all that a single panel's rounds must; of a block, a
    /// fourth of what the round reads, or an eighth with vectors of 64 bytes, so that so many tiles ask for all.
    int linesOfRound() {
        return asksNextRows() ? rows : asksNextBlock() ? linesOfRound(vectors) : 0;
    }

    /// The most lines of the next block that a round of steps asks for in a tile so wide.
    static int linesOfRound(int vectors) {
        return 2 * vectors;
    }

    /// rdx = where the next tile's rows begin, if there is one: as far apart as those of this tile. What lies
    /// there is only asked for.
    void findNextRows() {
        a.emit(MOV, Gpr.RAX, TileCode.ROWS.get(1));
        a.emit(SUB, Gpr.RAX, TileCode.ROWS.getFirst());
        a.emit(LEA, Gpr.RDX, Mem.at(TileCode.ROWS.get(rows - 1), Gpr.RAX, 1, 0));
    }

    /// Asks for a line of a round's.
    void askLine(int line) {
        a.emit(PREFETCHT1, Mem.at(Gpr.RDX, line * LINE));
    }

    /// Asks for lines of the panel that come some steps later, in a step of a round: narrow weights take so many
    /// instructions that the processor does not look far enough ahead to wait for several lines at a time.
    void askPanel(int step) {
        if (form.weights() == PanelWeights.FLOATS) {
            return;
        }
        int bytes = vectors * form.weights().vectorBytes(unit);
        int first = Math.ceilDiv(step * bytes, LINE) * LINE;
        for (int at = first; at < (step + 1) * bytes; at += LINE) {
            a.emit(PREFETCHT0, Mem.at(Gpr.RAX, at + PANEL_AHEAD));
        }
    }

    /// Goes on after a round, if there is anything to ask for.
    void goOn() {
        if (linesOfRound() > 0) {
            a.emit(ADD, Gpr.RDX, TileCode.argument(TileArgument.NEXT_STEP));
        }
    }

    /// Asks for a share of the next block, so that it is in the second-level cache when its turn comes; or has rdx
    /// walk along it.
    void beginNextBlock() {
        if (!asksNextBlock()) {
            return;
        }
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
        a.emit(MOV, Gpr.RDX, TileCode.argument(TileArgument.NEXT));
    }

    /// Leaves the rest of the next block to the next tile.
    void leaveNextBlock() {
        if (asksNextBlock()) {
            a.emit(MOV, TileCode.argument(TileArgument.NEXT), Gpr.RDX);
        }
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
