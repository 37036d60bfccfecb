package dev.balsa.kernel.amx;

import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMOVG;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JLE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SHL;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.amx.BlockCode.Shape;

/// Writes how the rows of the next block are split while a block of rows is multiplied by all panels: between products
/// the processor has the time for it, and what must come from a cache that cores share comes meanwhile.
///
/// While a panel goes by, some rows are split, and in each step of depth as much of each of them as the step
/// multiplies. Planes hold two blocks of rows, which take turns. Takes rax and rcx, and what [Bfloat16Code] does.
final class SplitAhead {
    private static final int BLOCK_ROWS = 2 * Tiles.ROWS;
    private static final int SOURCE_BYTES = Tiles.DEPTH * Float.BYTES;
    private static final Vec X = Vec.zmm(0);
    private static final Vec Y = Vec.zmm(1);

    /// On the stack: where the next numbers are and go to, and how many rows are to be split from the first one on
    /// that the panel at hand has.
    private static final Mem SOURCE = SumsOut.local(10);
    private static final Mem TARGET = SumsOut.local(11);
    private static final Mem ROWS = SumsOut.local(12);
    /// The same for the block of rows after that; and where the one after it goes to.
    private static final Mem NEXT_SOURCE = SumsOut.local(13);
    private static final Mem NEXT_TARGET = SumsOut.local(14);
    private static final Mem NEXT_ROWS = SumsOut.local(15);
    private static final Mem OTHER_TARGET = SumsOut.local(16);
    /// Bytes from the end of a step's or a panel's numbers to the next one's.
    private static final Mem SOURCE_STEP = SumsOut.local(17);
    private static final Mem TARGET_STEP = SumsOut.local(18);
    private static final Mem SOURCE_PANEL = SumsOut.local(19);
    private static final Mem TARGET_PANEL = SumsOut.local(20);

    /// How many numbers of 64 bits are on the stack, with those of others.
    static final int LOCALS = 21;

    private final Assembler a;
    private final Bfloat16Code bfloat;
    /// Rows that are split while a panel goes by.
    private final int rows;
    /// Bytes from a row to the next where it goes to.
    private final Gpr targetStride;

    SplitAhead(Assembler assembler, Shape shape, Bfloat16Code bfloat, Gpr targetStride) {
        a = assembler;
        rows = shape.splits();
        this.bfloat = bfloat;
        this.targetStride = targetStride;
    }

    /// At the beginning, when the first block's rows are split.
    void start() {
        distances(SOURCE_STEP, SOURCE_PANEL, SOURCE_BYTES, () -> {
            a.emit(IMUL, Gpr.RAX, BlockArgument.SOURCE_STRIDE.in(), Imm.of(rows));
        });
        distances(TARGET_STEP, TARGET_PANEL, Tiles.ROW_BYTES, () -> {
            a.emit(IMUL, Gpr.RAX, targetStride, Imm.of(rows));
        });
        a.emit(MOV, Gpr.RAX, BlockArgument.SOURCE.in());
        a.emit(MOV, NEXT_SOURCE, Gpr.RAX);
        a.emit(MOV, Gpr.RAX, BlockArgument.SOURCE_ROWS.in());
        a.emit(MOV, NEXT_ROWS, Gpr.RAX);
        a.emit(MOV, Gpr.RAX, BlockArgument.LEFT.in());
        a.emit(MOV, OTHER_TARGET, Gpr.RAX);
        a.emit(IMUL, Gpr.RCX, targetStride, Imm.of(BLOCK_ROWS));
        a.emit(ADD, Gpr.RAX, Gpr.RCX);
        a.emit(MOV, NEXT_TARGET, Gpr.RAX);
    }

    /// @param stepBytes bytes of a row that are of a step
    /// @param rowBytes writes rax = bytes from a panel's first row to the next panel's
    private void distances(Mem step, Mem panel, int stepBytes, Runnable rowBytes) {
        rowBytes.run();
        a.emit(MOV, Gpr.RCX, Imm.of(stepBytes));
        a.emit(SUB, Gpr.RCX, Gpr.RAX);
        a.emit(MOV, step, Gpr.RCX);
        a.emit(MOV, Gpr.RCX, BlockArgument.STEP_COUNT.in());
        a.emit(SHL, Gpr.RCX, Imm.of(Integer.numberOfTrailingZeros(stepBytes)));
        a.emit(SUB, Gpr.RAX, Gpr.RCX);
        a.emit(MOV, panel, Gpr.RAX);
    }

    /// When a block of rows begins.
    void startRows() {
        a.emit(MOV, Gpr.RAX, NEXT_SOURCE);
        a.emit(MOV, SOURCE, Gpr.RAX);
        a.emit(IMUL, Gpr.RCX, BlockArgument.SOURCE_STRIDE.in(), Imm.of(BLOCK_ROWS));
        a.emit(ADD, NEXT_SOURCE, Gpr.RCX);
        a.emit(MOV, Gpr.RAX, NEXT_TARGET);
        a.emit(MOV, TARGET, Gpr.RAX);
        a.emit(MOV, Gpr.RCX, OTHER_TARGET);
        a.emit(MOV, NEXT_TARGET, Gpr.RCX);
        a.emit(MOV, OTHER_TARGET, Gpr.RAX);
        a.emit(MOV, Gpr.RAX, NEXT_ROWS);
        a.emit(SUB, NEXT_ROWS, Imm.of(BLOCK_ROWS));
        a.emit(MOV, Gpr.RCX, Imm.of(BLOCK_ROWS));
        a.emit(CMP, Gpr.RAX, Gpr.RCX);
        a.emit(CMOVG, Gpr.RAX, Gpr.RCX);
        a.emit(MOV, ROWS, Gpr.RAX);
    }

    /// Splits a step's numbers of a row, if there is one.
    ///
    /// @param row of those of the panel
    void split(int row) {
        var none = new Label("no row");
        a.emit(CMP, ROWS, Imm.of(row));
        a.emit(JLE, none);
        a.emit(MOV, Gpr.RAX, SOURCE);
        a.emit(VMOVUPS, X, Mem.at(Gpr.RAX, 0));
        a.emit(VMOVUPS, Y, Mem.at(Gpr.RAX, SOURCE_BYTES / 2));
        a.emit(MOV, Gpr.RCX, TARGET);
        a.emit(MOV, Gpr.RAX, BlockArgument.PLANE_STEP.in());
        bfloat.split(X, Y, (part, at) -> part == 0 ? Mem.at(Gpr.RCX, at) : Mem.at(Gpr.RCX, Gpr.RAX, part, at));
        a.bind(none);
        a.emit(MOV, Gpr.RAX, BlockArgument.SOURCE_STRIDE.in());
        a.emit(ADD, SOURCE, Gpr.RAX);
        a.emit(ADD, TARGET, targetStride);
    }

    /// Goes on to the next step's numbers of the panel's rows.
    void endStep() {
        a.emit(MOV, Gpr.RAX, SOURCE_STEP);
        a.emit(ADD, SOURCE, Gpr.RAX);
        a.emit(MOV, Gpr.RAX, TARGET_STEP);
        a.emit(ADD, TARGET, Gpr.RAX);
    }

    /// Goes on to the next panel's rows.
    void endPanel() {
        a.emit(MOV, Gpr.RAX, SOURCE_PANEL);
        a.emit(ADD, SOURCE, Gpr.RAX);
        a.emit(MOV, Gpr.RAX, TARGET_PANEL);
        a.emit(ADD, TARGET, Gpr.RAX);
        a.emit(SUB, ROWS, Imm.of(rows));
    }
}
