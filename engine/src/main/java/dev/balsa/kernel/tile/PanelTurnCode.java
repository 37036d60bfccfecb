package dev.balsa.kernel.tile;

import static dev.balsa.asm.AvxInstruction.VPERM2F128;
import static dev.balsa.asm.AvxInstruction.VSHUFPS;
import static dev.balsa.asm.AvxInstruction.VUNPCKHPS;
import static dev.balsa.asm.AvxInstruction.VUNPCKLPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Instruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.tile.PanelCopyCode.Argument;

/// Writes the code that packs a transposed factor, whose columns are rows of neighbouring elements: rows of the
/// panel from rsi to rdx, a multiple of 8 or so many and the rest that the code is written for; rdi points to the
/// [Argument]s. Squares of 8 by 8 elements turn in registers. Nothing but the elements is read; the rest of the
/// last vector becomes zero.
final class PanelTurnCode {
    private static final int SIDE = 8;
    /// The squares are those of AVX2 on every level.
    private static final VectorUnit UNIT = VectorUnit.of(Isa.AVX2).orElseThrow();

    private static final int LOW_PAIRS = 0x44;
    private static final int HIGH_PAIRS = 0xEE;
    private static final int LOW_HALVES = 0x20;
    private static final int HIGH_HALVES = 0x31;

    private final int rowBytes;
    private final int columns;
    private final int rest;
    private final Assembler a;
    private final Lanes lanes;

    private PanelTurnCode(Assembler assembler, int rowBytes, int columns, int rest) {
        this.rowBytes = rowBytes;
        this.columns = columns;
        this.rest = rest;
        a = assembler;
        lanes = new Lanes(assembler, UNIT);
    }

    /// The routine's code.
    ///
    /// @param rowBytes bytes of a row of the panel
    /// @param columns of the panel that are columns of the factor
    /// @param rest rows beyond a multiple of 8
    static byte[] write(int rowBytes, int columns, int rest) {
        return Routine.of(0, assembler -> new PanelTurnCode(assembler, rowBytes, columns, rest).write());
    }

    /// Names the routine; equal names are equal code.
    static String name(int rowBytes, int columns, int rest) {
        return "avx2_panelturn_x32_" + rowBytes + "bytes_" + columns + "columns" + (rest == 0 ? "" : "_rest" + rest);
    }

    /// The rows beyond a multiple of 8 that a depth leaves.
    static int rest(int depth) {
        return depth % SIDE;
    }

    /// r8, r9 = places in source and target; r10 and r11 are one and three steps from column to column.
    private void write() {
        var several = new Label("several");
        var last = new Label("last");
        var done = new Label("done");
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R10, Mem.at(Gpr.RDI, Argument.SOURCE_STEP.at()));
        a.emit(LEA, Gpr.R11, Mem.at(Gpr.R10, Gpr.R10, 2, 0));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(SUB, Gpr.RDX, Gpr.RSI);
        a.emit(SUB, Gpr.RDX, Imm.of(SIDE));
        a.emit(JB, last);
        a.bind(several);
        squares(SIDE);
        a.emit(ADD, Gpr.R8, Imm.of(SIDE * Float.BYTES));
        a.emit(ADD, Gpr.R9, Imm.of((long) SIDE * rowBytes));
        a.emit(SUB, Gpr.RDX, Imm.of(SIDE));
        a.emit(JAE, several);
        a.bind(last);
        if (rest > 0) {
            a.emit(ADD, Gpr.RDX, Imm.of(SIDE));
            a.emit(JE, done);
            squares(rest);
            a.bind(done);
        }
    }

    /// rcx = the first of 8 columns, r12 = the fifth.
    private void squares(int rows) {
        a.emit(MOV, Gpr.RCX, Gpr.R8);
        for (int column = 0; column * Float.BYTES < rowBytes; column += SIDE) {
            load(Math.clamp(columns - (long) column, 0, SIDE), rows);
            turn();
            for (int row = 0; row < rows; row++) {
                lanes.store(Mem.at(Gpr.R9, row * rowBytes + column * Float.BYTES), high(row));
            }
            a.emit(LEA, Gpr.RCX, Mem.at(Gpr.RCX, Gpr.R10, SIDE, 0));
        }
    }

    private void load(int count, int rows) {
        a.emit(LEA, Gpr.R12, Mem.at(Gpr.RCX, Gpr.R10, SIDE / 2, 0));
        for (int column = 0; column < SIDE; column++) {
            if (column >= count) {
                lanes.zero(low(column));
            } else if (rows < SIDE) {
                lanes.loadFirst(low(column), place(column), rows);
            } else {
                lanes.load(low(column), place(column));
            }
        }
    }

    private static Mem place(int column) {
        var base = column < SIDE / 2 ? Gpr.RCX : Gpr.R12;
        return switch (column % (SIDE / 2)) {
            case 0 -> Mem.at(base, 0);
            case 1 -> Mem.at(base, Gpr.R10, 1, 0);
            case 2 -> Mem.at(base, Gpr.R10, 2, 0);
            default -> Mem.at(base, Gpr.R11, 1, 0);
        };
    }

    /// Turns the square in the low registers into the high ones.
    private void turn() {
        for (int i = 0; i < SIDE; i += 2) {
            a.emit(VUNPCKLPS, high(i), low(i), low(i + 1));
            a.emit(VUNPCKHPS, high(i + 1), low(i), low(i + 1));
        }
        for (int i = 0; i < SIDE; i += 4) {
            shuffle(VSHUFPS, low(i), high(i), high(i + 2), LOW_PAIRS);
            shuffle(VSHUFPS, low(i + 1), high(i), high(i + 2), HIGH_PAIRS);
            shuffle(VSHUFPS, low(i + 2), high(i + 1), high(i + 3), LOW_PAIRS);
            shuffle(VSHUFPS, low(i + 3), high(i + 1), high(i + 3), HIGH_PAIRS);
        }
        for (int i = 0; i < SIDE / 2; i++) {
            shuffle(VPERM2F128, high(i), low(i), low(i + SIDE / 2), LOW_HALVES);
            shuffle(VPERM2F128, high(i + SIDE / 2), low(i), low(i + SIDE / 2), HIGH_HALVES);
        }
    }

    private void shuffle(Instruction instruction, Vec d, Vec x, Vec y, int how) {
        a.emit(instruction, d, x, y, Imm.of(how));
    }

    private static Vec low(int index) {
        return UNIT.register(index);
    }

    private static Vec high(int index) {
        return UNIT.register(SIDE + index);
    }
}
