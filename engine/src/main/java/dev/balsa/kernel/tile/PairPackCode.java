package dev.balsa.kernel.tile;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVSX;
import static dev.balsa.asm.GeneralInstruction.MOVZX;
import static dev.balsa.asm.GeneralInstruction.OR;
import static dev.balsa.asm.GeneralInstruction.SHL;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;

/// Writes the code that makes pairs of 16-bit integers, side by side in 32 bits, of 8-bit integers less their zero
/// points: rsi rows of rdx pairs, both at least 1, wherever they lie; rdi points to the [Argument]s.
///
/// @param signed whether the 8-bit integers are
/// @param paired whether there is an upper integer of each pair; otherwise it becomes 0
record PairPackCode(boolean signed, boolean paired) {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Zero points of 32 bits.
        ZEROS(2),
        /// Bytes from the lower integer of a pair to the upper one.
        OTHER(3),
        /// Bytes from a pair to the next.
        SOURCE_STEP(4),
        TARGET_STEP(5),
        ZERO_STEP(6),
        /// Bytes from a row to the next.
        SOURCE_ROW(7),
        TARGET_ROW(8),
        ZERO_ROW(9);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        /// Bytes of all.
        static long bytes() {
            return (long) values().length * Long.BYTES;
        }
    }

    /// Names the routine.
    String name() {
        return "x86_64_pairpack_" + (signed ? "s8" : "u8") + (paired ? "" : "_single");
    }

    /// The routine's code.
    byte[] write() {
        return Routine.of(0, this::write);
    }

    /// r8, r9, r10 = rows of source, target and zero points; r11, r12, r13 walk along them; r14 counts; r15 leads
    /// to the upper integer.
    private void write(Assembler a) {
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R10, Mem.at(Gpr.RDI, Argument.ZEROS.at()));
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RDI, Argument.OTHER.at()));
        var row = new Label("row");
        var pair = new Label("pair");
        a.bind(row);
        a.emit(MOV, Gpr.R11, Gpr.R8);
        a.emit(MOV, Gpr.R12, Gpr.R9);
        a.emit(MOV, Gpr.R13, Gpr.R10);
        a.emit(MOV, Gpr.R14, Gpr.RDX);
        a.bind(pair);
        load(a, Gpr.RAX, Mem.at(Gpr.R11, 0));
        a.emit(MOVZX, Gpr.RAX.low32(), Gpr.RAX.low16());
        if (paired) {
            load(a, Gpr.RCX, Mem.at(Gpr.R11, Gpr.R15, 1, 0));
            a.emit(SHL, Gpr.RCX.low32(), Imm.of(Short.SIZE));
            a.emit(OR, Gpr.RAX.low32(), Gpr.RCX.low32());
        }
        a.emit(MOV, Mem.at(Gpr.R12, 0), Gpr.RAX.low32());
        a.emit(ADD, Gpr.R11, Mem.at(Gpr.RDI, Argument.SOURCE_STEP.at()));
        a.emit(ADD, Gpr.R12, Mem.at(Gpr.RDI, Argument.TARGET_STEP.at()));
        a.emit(ADD, Gpr.R13, Mem.at(Gpr.RDI, Argument.ZERO_STEP.at()));
        a.emit(DEC, Gpr.R14);
        a.emit(JNE, pair);
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE_ROW.at()));
        a.emit(ADD, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET_ROW.at()));
        a.emit(ADD, Gpr.R10, Mem.at(Gpr.RDI, Argument.ZERO_ROW.at()));
        a.emit(DEC, Gpr.RSI);
        a.emit(JNE, row);
    }

    /// An integer less its zero point.
    private void load(Assembler a, Gpr to, Mem from) {
        a.emit(signed ? MOVSX : MOVZX, to.low32(), from.sized(Byte.SIZE));
        a.emit(SUB, to.low32(), Mem.at(Gpr.R13, 0));
    }
}
