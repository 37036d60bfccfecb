package dev.balsa.kernel.code;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVZX;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import java.util.List;

/// Writes the code that gathers elements at equal distances into rows: rsi rows of rdx elements, both at least 1;
/// rdi points to the [Argument]s.
///
/// @param elementBytes 1, 2, 4 or 8
public record StridedCopyCode(int elementBytes) {
    /// What the routine is told, in this order.
    public enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes from an element to the next in the source.
        STEP(2),
        /// Bytes from a row to the next in the source.
        SOURCE_ROW(3),
        TARGET_ROW(4);

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

    private static final int COLOURS = 3;
    private static final List<Gpr> HOLDERS = List.of(Gpr.RAX, Gpr.RCX, Gpr.RBX, Gpr.R15);

    /// Names the routine.
    public String name() {
        return "x86_64_strided_copy_x" + elementBytes * Byte.SIZE;
    }

    /// The routine's code.
    public byte[] write() {
        return Routine.of(0, this::write);
    }

    /// One element to a register.
    public void load(Assembler a, Gpr to, Mem from) {
        switch (elementBytes) {
            // Shorter moves would wait for the rest of the register.
            case 1 -> a.emit(MOVZX, to.low32(), from.sized(Byte.SIZE));
            case 2 -> a.emit(MOVZX, to.low32(), from.sized(Short.SIZE));
            case 4 -> a.emit(MOV, to.low32(), from);
            default -> a.emit(MOV, to, from);
        }
    }

    /// One element from a register.
    public void store(Assembler a, Mem to, Gpr from) {
        switch (elementBytes) {
            case 1 -> a.emit(MOV, to, from.low8());
            case 2 -> a.emit(MOV, to, from.low16());
            case 4 -> a.emit(MOV, to, from.low32());
            default -> a.emit(MOV, to, from);
        }
    }

    /// r8, r9 = rows in source and target; r12, r13 walk along them; r10 and r11 are one and three steps; r14
    /// counts. Rows of as many elements as a pixel has colours have a loop of their own.
    private void write(Assembler a) {
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R10, Mem.at(Gpr.RDI, Argument.STEP.at()));
        a.emit(LEA, Gpr.R11, Mem.at(Gpr.R10, Gpr.R10, 2, 0));
        var row = new Label("row");
        var several = new Label("several");
        var rest = new Label("rest");
        var single = new Label("single");
        var done = new Label("row done");
        var end = new Label("end");
        a.emit(CMP, Gpr.RDX, Imm.of(COLOURS));
        a.emit(JNE, row);
        colours(a);
        a.emit(JMP, end);
        a.bind(row);
        a.emit(MOV, Gpr.R12, Gpr.R8);
        a.emit(MOV, Gpr.R13, Gpr.R9);
        a.emit(MOV, Gpr.R14, Gpr.RDX);
        a.emit(SUB, Gpr.R14, Imm.of(HOLDERS.size()));
        a.emit(JB, rest);
        a.bind(several);
        var places = List.of(
                Mem.at(Gpr.R12, 0),
                Mem.at(Gpr.R12, Gpr.R10, 1, 0),
                Mem.at(Gpr.R12, Gpr.R10, 2, 0),
                Mem.at(Gpr.R12, Gpr.R11, 1, 0));
        for (int i = 0; i < HOLDERS.size(); i++) {
            load(a, HOLDERS.get(i), places.get(i));
        }
        for (int i = 0; i < HOLDERS.size(); i++) {
            store(a, Mem.at(Gpr.R13, i * elementBytes), HOLDERS.get(i));
        }
        a.emit(LEA, Gpr.R12, Mem.at(Gpr.R12, Gpr.R10, HOLDERS.size(), 0));
        a.emit(ADD, Gpr.R13, Imm.of((long) HOLDERS.size() * elementBytes));
        a.emit(SUB, Gpr.R14, Imm.of(HOLDERS.size()));
        a.emit(JAE, several);
        a.bind(rest);
        a.emit(ADD, Gpr.R14, Imm.of(HOLDERS.size()));
        a.emit(JE, done);
        a.bind(single);
        load(a, Gpr.RAX, Mem.at(Gpr.R12, 0));
        store(a, Mem.at(Gpr.R13, 0), Gpr.RAX);
        a.emit(ADD, Gpr.R12, Gpr.R10);
        a.emit(ADD, Gpr.R13, Imm.of(elementBytes));
        a.emit(DEC, Gpr.R14);
        a.emit(JNE, single);
        a.bind(done);
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE_ROW.at()));
        a.emit(ADD, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET_ROW.at()));
        a.emit(DEC, Gpr.RSI);
        a.emit(JNE, row);
        a.bind(end);
    }

    private void colours(Assembler a) {
        var pixel = new Label("pixel");
        a.emit(MOV, Gpr.R12, Mem.at(Gpr.RDI, Argument.SOURCE_ROW.at()));
        a.emit(MOV, Gpr.R13, Mem.at(Gpr.RDI, Argument.TARGET_ROW.at()));
        a.bind(pixel);
        load(a, Gpr.RAX, Mem.at(Gpr.R8, 0));
        load(a, Gpr.RCX, Mem.at(Gpr.R8, Gpr.R10, 1, 0));
        load(a, Gpr.RBX, Mem.at(Gpr.R8, Gpr.R10, 2, 0));
        store(a, Mem.at(Gpr.R9, 0), Gpr.RAX);
        store(a, Mem.at(Gpr.R9, elementBytes), Gpr.RCX);
        store(a, Mem.at(Gpr.R9, 2 * elementBytes), Gpr.RBX);
        a.emit(ADD, Gpr.R8, Gpr.R12);
        a.emit(ADD, Gpr.R9, Gpr.R13);
        a.emit(DEC, Gpr.RSI);
        a.emit(JNE, pixel);
    }
}
