package dev.balsa.kernel.code;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JBE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.XOR;
import static dev.balsa.asm.IntegerVectorInstruction.VPOR;
import static dev.balsa.asm.IntegerVectorInstruction.VPSHUFB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;

/// Writes the code that puts the bytes of some lines by turns: the first of each, then the second of each; rsi
/// planes of such lines, one after the other in the target, of rdx bytes each, at least [#LEAST]; rdi points to
/// the [Argument]s. The last bytes of lines that do not fill blocks are turned once more with some before them.
///
/// @param lines of a plane, 2 to [#MOST]
public record InterleaveCode(int lines) {
    /// Bytes of a line in a block.
    public static final int LEAST = 16;

    /// Lines that there are registers for; more would be shuffled more often than copied one by one.
    public static final int MOST = 8;

    private static final int XMM = 128;
    private static final byte NOTHING = (byte) 0x80;

    /// What the routine is told, in this order.
    public enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes from a line to the next.
        LINE(2),
        /// Bytes from a plane's first line to the next one's.
        PLANE(3);

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

    /// Names the routine.
    public String name() {
        return "avx2_interleave_x8_" + lines;
    }

    /// The routine's code.
    public byte[] write() {
        return Routine.of(0, this::write);
    }

    /// r8, r9 = the plane in source and target; r10 = a line; r11 = where the last block begins; r12 = bytes of a
    /// plane; rcx = the way into the lines.
    private void write(Assembler a) {
        var plane = new Label("plane");
        var block = new Label("block");
        var done = new Label("done");
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R10, Mem.at(Gpr.RDI, Argument.LINE.at()));
        a.emit(LEA, Gpr.R11, Mem.at(Gpr.RDX, -LEAST));
        a.emit(IMUL, Gpr.R12, Gpr.RDX, Imm.of(lines));
        a.bind(plane);
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.align(16);
        a.bind(block);
        block(a);
        a.emit(ADD, Gpr.RCX, Imm.of(LEAST));
        a.emit(CMP, Gpr.RCX, Gpr.R11);
        a.emit(JBE, block);
        a.emit(CMP, Gpr.RCX, Gpr.RDX);
        a.emit(JAE, done);
        a.emit(MOV, Gpr.RCX, Gpr.R11);
        block(a);
        a.bind(done);
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.PLANE.at()));
        a.emit(ADD, Gpr.R9, Gpr.R12);
        a.emit(DEC, Gpr.RSI);
        a.emit(JNE, plane);
    }

    private void block(Assembler a) {
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.R8, Gpr.RCX, 1, 0));
        for (int line = 0; line < lines; line++) {
            a.emit(AvxInstruction.VMOVUPS, x(line), Mem.at(Gpr.RAX, 0));
            if (line < lines - 1) {
                a.emit(ADD, Gpr.RAX, Gpr.R10);
            }
        }
        a.emit(IMUL, Gpr.RAX, Gpr.RCX, Imm.of(lines));
        a.emit(ADD, Gpr.RAX, Gpr.R9);
        var all = x(MOST);
        var some = x(MOST + 1);
        for (int vector = 0; vector < lines; vector++) {
            a.emit(VPSHUFB, all, x(0), a.constant(places(0, vector)));
            for (int line = 1; line < lines; line++) {
                a.emit(VPSHUFB, some, x(line), a.constant(places(line, vector)));
                a.emit(VPOR, all, all, some);
            }
            a.emit(AvxInstruction.VMOVUPS, Mem.at(Gpr.RAX, vector * LEAST), all);
        }
    }

    private static Vec x(int number) {
        return Vec.of(number, XMM);
    }

    /// Which byte of a line is at each place of a vector of the result, if any.
    private long[] places(int line, int vector) {
        var words = new long[2];
        for (int i = 0; i < LEAST; i++) {
            int at = vector * LEAST + i;
            byte place = at % lines == line ? (byte) (at / lines) : NOTHING;
            words[i / Long.BYTES] |= Byte.toUnsignedLong(place) << i % Long.BYTES * Byte.SIZE;
        }
        return words;
    }
}
