package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMOVAE;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JBE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SHL;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Routine;

/// Writes the code that turns rows of bytes, those from rsi to rdx, so that the bytes of [#BLOCK] rows at one place
/// along the depth are neighbours; rdi points to the [TileArgument]s. Behind the last row it is repeated.
///
/// Squares of 16 by 16 bytes turn in each half of the registers. What is left of a segment behind whole squares is
/// done by those that end with it, once more over some that are done; of a segment that is shorter than a square,
/// one is read and written all the same, so that there must be memory ([#SIDE]).
final class RowTurnCode {
    /// Rows that are turned together.
    static final int BLOCK = 32;
    /// Bytes of a square's side.
    static final int SIDE = 16;

    private static final int QUAD = Integer.BYTES;
    private static final int VECTOR = 32;
    private static final int SHIFT_OF_BLOCK = 5;
    /// Puts first bytes of four quads first, then second ones, ….
    private static final long LOW_BYTES = 0x0D090501_0C080400L;

    private static final long HIGH_BYTES = 0x0F0B0703_0E0A0602L;
    private static final Vec ORDER = Vec.ymm(8);
    private static final int POINTERS = QUAD * QUAD * VECTOR;

    private final Assembler a;

    private RowTurnCode(Assembler assembler) {
        a = assembler;
    }

    /// The routine's code.
    static byte[] write() {
        return Routine.of(POINTERS + BLOCK * Long.BYTES, assembler -> new RowTurnCode(assembler).turn());
    }

    /// Names the routine.
    static String name() {
        return "avx2_rowturn_x8";
    }

    /// r9 = place in the target; rbx walks along the segments, of which r14 are left; r10 and r11 are the offset and
    /// bytes of one, of which r12 are done; rcx = bytes from a row's place, r8 = place in the target.
    private void turn() {
        var block = new Label("block");
        var segment = new Label("segment");
        var square = new Label("square");
        var done = new Label("segment done");
        var whole = new Label("whole square");
        var order = a.constant(LOW_BYTES, HIGH_BYTES, LOW_BYTES, HIGH_BYTES);
        a.emit(AvxInstruction.VMOVUPS, ORDER, order);
        a.emit(MOV, Gpr.R13, TileCode.argument(TileArgument.TURNED));
        a.bind(block);
        findRows();
        a.emit(MOV, Gpr.R9, Gpr.R13);
        a.emit(MOV, Gpr.RBX, TileCode.argument(TileArgument.SEGMENTS));
        a.emit(MOV, Gpr.R14, TileCode.argument(TileArgument.SEGMENT_COUNT));
        a.bind(segment);
        a.emit(MOV, Gpr.R10, Mem.at(Gpr.RBX, 0));
        a.emit(MOV, Gpr.R11, Mem.at(Gpr.RBX, Long.BYTES));
        a.emit(SHL, Gpr.R11, Imm.of(2));
        a.emit(ADD, Gpr.RBX, Imm.of(2L * Long.BYTES));
        a.emit(MOV, Gpr.R12.low32(), Imm.of(0));
        a.bind(square);
        a.emit(LEA, Gpr.RCX, Mem.at(Gpr.R10, Gpr.R12, 1, 0));
        a.emit(MOV, Gpr.R8, Gpr.R12);
        a.emit(SHL, Gpr.R8, Imm.of(SHIFT_OF_BLOCK));
        a.emit(ADD, Gpr.R8, Gpr.R9);
        for (int row = 0; row < SIDE; row += QUAD) {
            turnQuads(row);
        }
        for (int quad = 0; quad < QUAD; quad++) {
            joinRows(quad);
        }
        a.emit(ADD, Gpr.R12, Imm.of(SIDE));
        a.emit(CMP, Gpr.R12, Gpr.R11);
        a.emit(JAE, done);
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.R12, SIDE));
        a.emit(CMP, Gpr.RAX, Gpr.R11);
        a.emit(JBE, whole);
        a.emit(LEA, Gpr.R12, Mem.at(Gpr.R11, -SIDE));
        a.bind(whole);
        a.emit(JMP, square);
        a.bind(done);
        a.emit(SHL, Gpr.R11, Imm.of(SHIFT_OF_BLOCK));
        a.emit(ADD, Gpr.R9, Gpr.R11);
        a.emit(DEC, Gpr.R14);
        a.emit(JNE, segment);
        a.emit(ADD, Gpr.R13, TileCode.argument(TileArgument.TURNED_BLOCK));
        a.emit(ADD, Gpr.RSI, Imm.of(BLOCK));
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, block);
    }

    /// Puts the addresses of the block's rows on the stack.
    private void findRows() {
        var row = new Label("row");
        a.emit(MOV, Gpr.RAX, TileCode.argument(TileArgument.ROW_PLACES));
        a.emit(MOV, Gpr.RCX, TileCode.argument(TileArgument.LEFT));
        a.emit(LEA, Gpr.R8, Mem.at(Gpr.RDX, -1));
        a.emit(MOV, Gpr.R9.low32(), Imm.of(0));
        a.bind(row);
        a.emit(LEA, Gpr.R10, Mem.at(Gpr.RSI, Gpr.R9, 1, 0));
        a.emit(CMP, Gpr.R10, Gpr.R8);
        a.emit(CMOVAE, Gpr.R10, Gpr.R8);
        a.emit(MOV, Gpr.R10.low32(), Mem.at(Gpr.RAX, Gpr.R10, Integer.BYTES, 0));
        a.emit(LEA, Gpr.R10, Mem.at(Gpr.RCX, Gpr.R10, Float.BYTES, 0));
        a.emit(MOV, Mem.at(Gpr.RSP, Gpr.R9, Long.BYTES, POINTERS), Gpr.R10);
        a.emit(ADD, Gpr.R9, Imm.of(1));
        a.emit(CMP, Gpr.R9, Imm.of(BLOCK));
        a.emit(JB, row);
    }

    /// Of four rows, and in the upper halves of those 16 further: bytes at one place become neighbours.
    private void turnQuads(int row) {
        for (int i = 0; i < QUAD; i++) {
            a.emit(MOV, Gpr.RAX, pointer(row + i));
            a.emit(AvxInstruction.VMOVUPS, Vec.xmm(i), Mem.at(Gpr.RAX, Gpr.RCX, 1, 0));
            a.emit(MOV, Gpr.RAX, pointer(row + i + SIDE));
            a.emit(
                    IntegerVectorInstruction.VINSERTI128,
                    Vec.ymm(i),
                    Vec.ymm(i),
                    Mem.at(Gpr.RAX, Gpr.RCX, 1, 0),
                    Imm.of(1));
        }
        turnSquare();
        for (int quad = 0; quad < QUAD; quad++) {
            a.emit(IntegerVectorInstruction.VPSHUFB, Vec.ymm(quad), Vec.ymm(quad), ORDER);
            a.emit(AvxInstruction.VMOVUPS, onStack(quad, row / QUAD), Vec.ymm(quad));
        }
    }

    private static Mem pointer(int row) {
        return Mem.at(Gpr.RSP, POINTERS + row * Long.BYTES);
    }

    private static Mem onStack(int quad, int rows) {
        return Mem.at(Gpr.RSP, (quad * QUAD + rows) * VECTOR);
    }

    /// Of four neighbours along the depth: bytes of four rows and bytes of the next four become neighbours.
    private void joinRows(int quad) {
        for (int i = 0; i < QUAD; i++) {
            a.emit(AvxInstruction.VMOVUPS, Vec.ymm(i), onStack(quad, i));
        }
        turnSquare();
        for (int i = 0; i < QUAD; i++) {
            a.emit(AvxInstruction.VMOVUPS, Mem.at(Gpr.R8, (quad * QUAD + i) * BLOCK), Vec.ymm(i));
        }
    }

    /// Turns squares of four by four numbers of 32 bits in registers 0 to 3.
    private void turnSquare() {
        for (int i = 0; i < QUAD; i += 2) {
            a.emit(IntegerVectorInstruction.VPUNPCKLDQ, Vec.ymm(QUAD + i), Vec.ymm(i), Vec.ymm(i + 1));
            a.emit(IntegerVectorInstruction.VPUNPCKHDQ, Vec.ymm(QUAD + i + 1), Vec.ymm(i), Vec.ymm(i + 1));
        }
        for (int i = 0; i < 2; i++) {
            a.emit(IntegerVectorInstruction.VPUNPCKLQDQ, Vec.ymm(2 * i), Vec.ymm(QUAD + i), Vec.ymm(QUAD + 2 + i));
            a.emit(IntegerVectorInstruction.VPUNPCKHQDQ, Vec.ymm(2 * i + 1), Vec.ymm(QUAD + i), Vec.ymm(QUAD + 2 + i));
        }
    }
}
