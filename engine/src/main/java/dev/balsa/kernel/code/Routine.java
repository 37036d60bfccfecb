package dev.balsa.kernel.code;

import static dev.balsa.asm.GeneralInstruction.AND;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.POP;
import static dev.balsa.asm.GeneralInstruction.PUSH;
import static dev.balsa.asm.GeneralInstruction.RET;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import java.util.List;

/// The frame of a routine that [dev.balsa.asm.MachineCode] can call: registers kept, a piece of stack for vectors.
///
/// Inside, rbp marks the frame and must stay; every other general-purpose register is free. Arguments arrive in rdi,
/// rsi and rdx.
public final class Routine {
    private static final int ALIGNMENT = 64;
    private static final List<Gpr> KEPT = List.of(Gpr.RBX, Gpr.R12, Gpr.R13, Gpr.R14, Gpr.R15);

    private Routine() {}

    /// The code of a routine.
    ///
    /// @param stackBytes bytes at rsp that the body may use, 64-byte aligned
    /// @param body writes what happens between entry and exit
    public static byte[] of(int stackBytes, Body body) {
        var assembler = new Assembler();
        assembler.emit(PUSH, Gpr.RBP);
        KEPT.forEach(register -> assembler.emit(PUSH, register));
        assembler.emit(MOV, Gpr.RBP, Gpr.RSP);
        assembler.emit(SUB, Gpr.RSP, Imm.of(Math.ceilDiv(stackBytes, ALIGNMENT) * (long) ALIGNMENT));
        assembler.emit(AND, Gpr.RSP, Imm.of(-ALIGNMENT));
        body.write(assembler);
        assembler.emit(MOV, Gpr.RSP, Gpr.RBP);
        KEPT.reversed().forEach(register -> assembler.emit(POP, register));
        assembler.emit(POP, Gpr.RBP);
        assembler.emit(AvxInstruction.VZEROUPPER);
        assembler.emit(RET);
        return assembler.finish();
    }

    /// Writes the inside of a routine; falls through to its end.
    @FunctionalInterface
    public interface Body {
        /// Writes the instructions.
        void write(Assembler assembler);
    }
}
