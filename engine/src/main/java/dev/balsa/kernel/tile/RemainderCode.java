package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.VectorUnit;

/// Writes the code that multiplies turned rows ([RowTurnCode]) by the remainder of a panel ([QuadFactor]): the rows
/// from rsi to rdx, the first of which are the first that are turned; rdi points to the [TileArgument]s. The sums,
/// with what the left factor's zero point takes away, are left where tiles find those of an earlier block of depth.
///
/// An entry of the remainder multiplies four bytes of each row of a block by four weights of one column: bytes at
/// four places along the depth are put side by side. Two are added in 16 bits, where they fit, then all in 32 bits.
/// Sums wait on the stack, since entries of a column do not follow each other: how many it has is not for the
/// processor to guess. At the end squares of 8 rows by 8 columns turn.
///
/// There are sums of as many columns as the panel has lanes; behind the last row, those of its repetitions.
final class RemainderCode {
    /// Bytes of an entry: places of four turned bytes, four weights, and the place of the column's sums.
    static final int ENTRY = 6 * Integer.BYTES;
    /// Bytes from the sums of a column to those of the next, as entries have it.
    static final int COLUMN = 32;

    private static final int SIDE = 8;
    private static final int HALF = SIDE / 2;
    private static final int PARTS = RowTurnCode.BLOCK / SIDE;
    /// The same on every level.
    private static final VectorUnit UNIT = VectorUnit.of(Isa.AVX2).orElseThrow();

    private static final Vec ONES = Vec.ymm(15);
    private static final Vec ZERO_POINT = Vec.ymm(14);

    private final Assembler a;
    private final Lanes lanes;
    private final int columns;

    private RemainderCode(Assembler assembler, int columns) {
        a = assembler;
        lanes = new Lanes(assembler, UNIT);
        this.columns = columns;
    }

    /// The routine's code.
    ///
    /// @param columns lanes of a panel, a multiple of 8
    static byte[] write(int columns) {
        return Routine.of(PARTS * columns * COLUMN, assembler -> new RemainderCode(assembler, columns).write());
    }

    /// Names the routine; equal names are equal code.
    static String name(int columns) {
        return "avx2_remainder_u8s8s32_" + columns + "columns";
    }

    /// Where the sums of a part of a block's rows wait, from a column's place on the stack.
    private int part(int index) {
        return index * columns * COLUMN;
    }

    /// r8 = turned rows, r9 = target, rbx walks along the entries.
    private void write() {
        var block = new Label("block");
        a.emit(MOV, Gpr.R8, TileCode.argument(TileArgument.TURNED));
        a.emit(MOV, Gpr.R9, TileCode.argument(TileArgument.PARTIAL));
        lanes.load(ONES, lanes.bits(1 | 1 << Short.SIZE));
        a.emit(
                IntegerVectorInstruction.VPBROADCASTD,
                ZERO_POINT,
                TileCode.argument(TileArgument.ZERO_POINT).sized(Integer.SIZE));
        a.bind(block);
        begin();
        entries();
        turn();
        a.emit(ADD, Gpr.R8, TileCode.argument(TileArgument.TURNED_BLOCK));
        a.emit(ADD, Gpr.R9, Imm.of((long) RowTurnCode.BLOCK * columns * Integer.BYTES));
        a.emit(ADD, Gpr.RSI, Imm.of(RowTurnCode.BLOCK));
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, block);
    }

    /// Sums begin with what the zero point takes away.
    private void begin() {
        var column = new Label("column");
        var sum = Vec.ymm(0);
        a.emit(MOV, Gpr.RAX, TileCode.argument(TileArgument.COLUMN_SUMS));
        a.emit(LEA, Gpr.RCX, Mem.at(Gpr.RSP, 0));
        a.emit(MOV, Gpr.R15.low32(), Imm.of(columns));
        a.bind(column);
        a.emit(IntegerVectorInstruction.VPBROADCASTD, sum, Mem.at(Gpr.RAX, 0).sized(Integer.SIZE));
        a.emit(IntegerVectorInstruction.VPMULLD, sum, sum, ZERO_POINT);
        for (int i = 0; i < PARTS; i++) {
            lanes.store(Mem.at(Gpr.RCX, part(i)), sum);
        }
        a.emit(ADD, Gpr.RAX, Imm.of(Integer.BYTES));
        a.emit(ADD, Gpr.RCX, Imm.of(COLUMN));
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, column);
    }

    private void entries() {
        var entry = new Label("entry");
        var done = new Label("no entries");
        a.emit(MOV, Gpr.RBX, TileCode.argument(TileArgument.REMAINDER));
        a.emit(MOV, Gpr.R15.low32(), Mem.at(Gpr.RBX, 0));
        a.emit(ADD, Gpr.RBX, Imm.of(Integer.BYTES));
        a.emit(CMP, Gpr.R15, Imm.of(0));
        a.emit(JE, done);
        a.align(16);
        a.bind(entry);
        entry();
        a.emit(ADD, Gpr.RBX, Imm.of(ENTRY));
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, entry);
        a.bind(done);
    }

    /// Neighbours are rows 0 to 7 and, in upper halves, 16 to 23, then 8 to 15 and 24 to 31; quads are those of rows
    /// 0 to 3 and 16 to 19, and so on.
    private void entry() {
        var weights = Vec.ymm(13);
        a.emit(MOV, Gpr.RAX.low32(), number(0));
        a.emit(MOV, Gpr.RCX.low32(), number(1));
        a.emit(MOV, Gpr.R10.low32(), number(2));
        a.emit(MOV, Gpr.R11.low32(), number(3));
        a.emit(IntegerVectorInstruction.VPBROADCASTD, weights, number(4).sized(Integer.SIZE));
        a.emit(MOV, Gpr.R12.low32(), number(5));
        neighbours(4, Gpr.RAX, Gpr.RCX);
        neighbours(6, Gpr.R10, Gpr.R11);
        for (int half = 0; half < 2; half++) {
            a.emit(IntegerVectorInstruction.VPUNPCKLWD, Vec.ymm(2 * half), Vec.ymm(4 + half), Vec.ymm(6 + half));
            a.emit(IntegerVectorInstruction.VPUNPCKHWD, Vec.ymm(2 * half + 1), Vec.ymm(4 + half), Vec.ymm(6 + half));
        }
        for (int i = 0; i < PARTS; i++) {
            var x = Vec.ymm(i);
            var sums = Mem.at(Gpr.RSP, Gpr.R12, 1, part(i));
            a.emit(IntegerVectorInstruction.VPMADDUBSW, x, x, weights);
            a.emit(IntegerVectorInstruction.VPMADDWD, x, x, ONES);
            lanes.addIntegers(x, x, sums);
            lanes.store(sums, x);
        }
    }

    private static Mem number(int index) {
        return Mem.at(Gpr.RBX, index * Integer.BYTES);
    }

    private void neighbours(int to, Gpr one, Gpr other) {
        var x = Vec.ymm(to);
        var y = Vec.ymm(to + 1);
        a.emit(AvxInstruction.VMOVUPS, Vec.ymm(8), Mem.at(Gpr.R8, one, 1, 0));
        a.emit(AvxInstruction.VMOVUPS, Vec.ymm(9), Mem.at(Gpr.R8, other, 1, 0));
        a.emit(IntegerVectorInstruction.VPUNPCKLBW, x, Vec.ymm(8), Vec.ymm(9));
        a.emit(IntegerVectorInstruction.VPUNPCKHBW, y, Vec.ymm(8), Vec.ymm(9));
    }

    /// r10 = place in the target, rcx = place on the stack.
    private void turn() {
        var group = new Label("eight columns");
        a.emit(MOV, Gpr.R10, Gpr.R9);
        a.emit(LEA, Gpr.RCX, Mem.at(Gpr.RSP, 0));
        a.emit(MOV, Gpr.R15.low32(), Imm.of(columns / SIDE));
        a.bind(group);
        for (int i = 0; i < PARTS; i++) {
            turn(i);
        }
        a.emit(ADD, Gpr.R10, Imm.of(SIDE * Integer.BYTES));
        a.emit(ADD, Gpr.RCX, Imm.of(SIDE * COLUMN));
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, group);
    }

    /// Halves of columns come from memory, so that nothing need cross the halves of registers.
    private void turn(int part) {
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < HALF; i++) {
                int at = part(part) + i * COLUMN + half * COLUMN / 2;
                a.emit(AvxInstruction.VMOVUPS, Vec.xmm(i), Mem.at(Gpr.RCX, at));
                a.emit(
                        IntegerVectorInstruction.VINSERTI128,
                        Vec.ymm(i),
                        Vec.ymm(i),
                        Mem.at(Gpr.RCX, at + HALF * COLUMN),
                        Imm.of(1));
            }
            for (int i = 0; i < HALF; i += 2) {
                a.emit(IntegerVectorInstruction.VPUNPCKLDQ, Vec.ymm(HALF + i), Vec.ymm(i), Vec.ymm(i + 1));
                a.emit(IntegerVectorInstruction.VPUNPCKHDQ, Vec.ymm(HALF + i + 1), Vec.ymm(i), Vec.ymm(i + 1));
            }
            for (int i = 0; i < HALF; i++) {
                var how = i % 2 == 0 ? IntegerVectorInstruction.VPUNPCKLQDQ : IntegerVectorInstruction.VPUNPCKHQDQ;
                a.emit(how, Vec.ymm(i), Vec.ymm(HALF + i / 2), Vec.ymm(HALF + 2 + i / 2));
                int row = half * RowTurnCode.SIDE + part * HALF + i;
                lanes.store(Mem.at(Gpr.R10, row * columns * Integer.BYTES), Vec.ymm(i));
            }
        }
    }
}
