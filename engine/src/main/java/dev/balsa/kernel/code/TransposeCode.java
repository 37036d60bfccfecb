package dev.balsa.kernel.code;

import static dev.balsa.asm.AvxInstruction.VEXTRACTF128;
import static dev.balsa.asm.AvxInstruction.VEXTRACTPS;
import static dev.balsa.asm.AvxInstruction.VINSERTF128;
import static dev.balsa.asm.AvxInstruction.VINSERTPS;
import static dev.balsa.asm.AvxInstruction.VMOVSD;
import static dev.balsa.asm.AvxInstruction.VMOVSS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.AvxInstruction.VPERM2F128;
import static dev.balsa.asm.AvxInstruction.VSHUFPS;
import static dev.balsa.asm.AvxInstruction.VUNPCKHPS;
import static dev.balsa.asm.AvxInstruction.VUNPCKLPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.MaskInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Storage;

/// Writes the code that turns blocks of up to 8 x 8 elements of 32 bits in registers: rdx strips of rsi blocks
/// each, both at least 1; rdi points to the [Argument]s. A strip is [#lines] lines of the source, whose elements
/// become columns of the target; its blocks follow one another along the lines. Lines and blocks of fewer than 8
/// elements stand alone: there is one strip of such lines, and one block in each strip of such a width.
///
/// @param isa the level; all have the same code for elements that stay as they are
/// @param width elements of a line in a block, 1 to 8
/// @param lines lines in a strip, 1 to 8
/// @param result how the target is stored: as the source is ([Storage#FLOATS]), or, with AVX-512, floats as
///     [Storage#BFLOAT16]
public record TransposeCode(Isa isa, int width, int lines, Storage result) {
    /// What the routine is told, in this order.
    public enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes from a line to the next in the source.
        SOURCE_LINE(2),
        /// Bytes from a row to the next in the target.
        TARGET_ROW(3);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        /// Bytes of all.
        public static long bytes() {
            return (long) values().length * Long.BYTES;
        }
    }

    /// The side of a whole block.
    public static final int SIDE = 8;

    private static final int HALF = SIDE / 2;
    private static final int VECTOR = SIDE * Float.BYTES;
    /// The elements of a row.
    private static final Mask LINES = Mask.K1;
    private static final Gpr STEP = Gpr.R10;
    private static final Gpr STEPS = Gpr.R11;
    private static final Gpr ROW = Gpr.R12;
    private static final Gpr ROWS = Gpr.R13;

    /// Names the routine.
    public String name() {
        return result == Storage.FLOATS
                ? "avx2_transpose_x32_" + width + "x" + lines
                : isa.label() + "_transpose_x32_" + width + "x" + lines + "_to_bfloat16";
    }

    /// The routine's code.
    public byte[] write() {
        return Routine.of(0, this::write);
    }

    /// r8, r9 = the strip in source and target; rax, rbx = the block's first and fifth line; rcx, r14 = its first
    /// and fifth row; r10, r11 = one and three lines; r12, r13 = one and three rows; r15 counts blocks.
    private void write(Assembler a) {
        if (result == Storage.BFLOAT16) {
            a.emit(MOV, Gpr.RAX.low32(), Imm.of((1 << lines) - 1));
            a.emit(MaskInstruction.KMOVW, LINES, Gpr.RAX.low32());
        }
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, STEP, Mem.at(Gpr.RDI, Argument.SOURCE_LINE.at()));
        a.emit(LEA, STEPS, Mem.at(STEP, STEP, 2, 0));
        a.emit(MOV, ROW, Mem.at(Gpr.RDI, Argument.TARGET_ROW.at()));
        a.emit(LEA, ROWS, Mem.at(ROW, ROW, 2, 0));
        var strip = new Label("strip");
        var block = new Label("block");
        a.bind(strip);
        a.emit(MOV, Gpr.RAX, Gpr.R8);
        a.emit(LEA, Gpr.RBX, Mem.at(Gpr.R8, STEP, HALF, 0));
        a.emit(MOV, Gpr.RCX, Gpr.R9);
        a.emit(LEA, Gpr.R14, Mem.at(Gpr.R9, ROW, HALF, 0));
        a.emit(MOV, Gpr.R15, Gpr.RSI);
        a.align(16);
        a.bind(block);
        block(a);
        a.emit(ADD, Gpr.RAX, Imm.of(VECTOR));
        a.emit(ADD, Gpr.RBX, Imm.of(VECTOR));
        a.emit(LEA, Gpr.RCX, Mem.at(Gpr.RCX, ROW, SIDE, 0));
        a.emit(LEA, Gpr.R14, Mem.at(Gpr.R14, ROW, SIDE, 0));
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, block);
        a.emit(LEA, Gpr.R8, Mem.at(Gpr.R8, STEP, SIDE, 0));
        a.emit(ADD, Gpr.R9, Imm.of((long) SIDE * result.bytes()));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, strip);
    }

    /// Lines that there are not leave whatever was in their registers, in columns that are not stored.
    private void block(Assembler a) {
        for (int i = 0; i < lines; i++) {
            load(a, Vec.ymm(i), place(i, Gpr.RAX, Gpr.RBX, STEP, STEPS), width, Vec.xmm(SIDE));
        }
        for (int i = 0; i < SIDE; i += 2) {
            a.emit(VUNPCKLPS, Vec.ymm(SIDE + i), Vec.ymm(i), Vec.ymm(i + 1));
            a.emit(VUNPCKHPS, Vec.ymm(SIDE + i + 1), Vec.ymm(i), Vec.ymm(i + 1));
        }
        for (int i = 0; i < SIDE; i += 4) {
            for (int j = 0; j < 2; j++) {
                var first = Vec.ymm(SIDE + i + j);
                var second = Vec.ymm(SIDE + i + 2 + j);
                a.emit(VSHUFPS, Vec.ymm(i + 2 * j), first, second, Imm.of(0x44));
                a.emit(VSHUFPS, Vec.ymm(i + 2 * j + 1), first, second, Imm.of(0xEE));
            }
        }
        for (int i = 0; i < width; i++) {
            var low = Vec.ymm(i % HALF);
            var high = Vec.ymm(i % HALF + HALF);
            a.emit(VPERM2F128, Vec.ymm(SIDE + i), low, high, Imm.of(i < HALF ? 0x20 : 0x31));
        }
        for (int i = 0; i < width; i++) {
            var target = place(i, Gpr.RCX, Gpr.R14, ROW, ROWS);
            var row = Vec.ymm(SIDE + i);
            if (result == Storage.BFLOAT16) {
                var rounded = row.as(Vec.xmm(0).bits());
                a.emit(Avx512Instruction.VCVTNEPS2BF16, rounded, row);
                a.emit(Avx512Instruction.VMOVDQU16, target.mask(LINES), rounded);
            } else {
                store(a, target, row, lines, Vec.xmm(0));
            }
        }
    }

    private static Mem place(int index, Gpr first, Gpr fifth, Gpr one, Gpr three) {
        var base = index < HALF ? first : fifth;
        return switch (index % HALF) {
            case 0 -> Mem.at(base, 0);
            case 1 -> Mem.at(base, one, 1, 0);
            case 2 -> Mem.at(base, one, 2, 0);
            default -> Mem.at(base, three, 1, 0);
        };
    }

    /// The first elements at a place, and no others.
    private static void load(Assembler a, Vec to, Mem from, int count, Vec spare) {
        var low = to.as(128);
        switch (count) {
            case 1 -> a.emit(VMOVSS, low, from);
            case 2 -> a.emit(VMOVSD, low, from);
            case 3 -> {
                a.emit(VMOVSD, low, from);
                a.emit(VINSERTPS, low, low, from.plus(2 * Float.BYTES), Imm.of(0x20));
            }
            case HALF -> a.emit(VMOVUPS, low, from);
            case SIDE -> a.emit(VMOVUPS, to, from);
            default -> {
                load(a, spare, from.plus(HALF * Float.BYTES), count - HALF, spare);
                a.emit(VMOVUPS, low, from);
                a.emit(VINSERTF128, to, to, spare, Imm.of(1));
            }
        }
    }

    private static void store(Assembler a, Mem to, Vec from, int count, Vec spare) {
        var low = from.as(128);
        switch (count) {
            case 1 -> a.emit(VMOVSS, to, low);
            case 2 -> a.emit(VMOVSD, to, low);
            case 3 -> {
                a.emit(VMOVSD, to, low);
                a.emit(VEXTRACTPS, to.plus(2 * Float.BYTES), low, Imm.of(2));
            }
            case HALF -> a.emit(VMOVUPS, to, low);
            case SIDE -> a.emit(VMOVUPS, to, from);
            default -> {
                a.emit(VMOVUPS, to, low);
                a.emit(VEXTRACTF128, spare, from, Imm.of(1));
                store(a, to.plus(HALF * Float.BYTES), spare, count - HALF, spare);
            }
        }
    }
}
