package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVZX;
import static dev.balsa.asm.GeneralInstruction.TEST;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Routine;
import dev.balsa.tensor.DataType;
import java.util.List;

/// Writes the loop of a [TypedFunction]: rows of elements, vector by vector. It is called as [RowsWork] says.
///
/// In a vector all elements have the same width, 32 bits, or 64 where an operand has; [TypedMoves] widens and
/// narrows them. What is left of a row behind its whole vectors is copied to the stack and back.
final class TypedCode {
    private static final int VECTOR = 32;
    private static final List<Gpr> INPUTS = List.of(Gpr.R8, Gpr.R9, Gpr.R10);
    private static final int OUTPUT_SLOT = 3;

    /// What the code depends on.
    ///
    /// @param types of the inputs
    /// @param spread per input, whether its elements lie side by side along a row; if not, the row has one
    record Form(TypedFunction function, List<DataType> types, DataType result, List<Boolean> spread) {
        /// Copies the lists.
        Form {
            types = List.copyOf(types);
            spread = List.copyOf(spread);
        }

        /// Whether elements have 64 bits in vectors.
        boolean isWide() {
            return result.elementBytes() == Long.BYTES
                    || types.stream().anyMatch(type -> type.elementBytes() == Long.BYTES);
        }

        /// Elements of a vector.
        int lanes() {
            return VECTOR / (isWide() ? Long.BYTES : Integer.BYTES);
        }

        /// Names the routine; equal names are equal code.
        String name() {
            return "avx2_typed " + this;
        }
    }

    private final Form form;
    private final Assembler a;
    private final TypedMoves moves;

    private TypedCode(Assembler assembler, Form form) {
        this.form = form;
        this.a = assembler;
        this.moves = new TypedMoves(assembler, form.isWide());
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of((OUTPUT_SLOT + 1) * VECTOR, assembler -> new TypedCode(assembler, form).write());
    }

    /// rbx = the output's row, rcx = elements of the row done, r14 = those in whole vectors, r15 = those behind
    /// them.
    private void write() {
        var row = new Label("row");
        var behind = new Label("rest");
        var rowDone = new Label("row done");
        for (int i = 0; i < form.types.size(); i++) {
            a.emit(MOV, INPUTS.get(i), Mem.at(Gpr.RDI, i * Long.BYTES));
        }
        a.emit(MOV, Gpr.RBX, Mem.at(Gpr.RDI, RowsWork.OUTPUT));
        a.emit(MOV, Gpr.R14, Mem.at(Gpr.RDI, RowsWork.WHOLE));
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RDI, RowsWork.REST));
        a.bind(row);
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.emit(CMP, Gpr.RCX, Gpr.R14);
        a.emit(JAE, behind);
        var vector = new Label("vector");
        a.align(16);
        a.bind(vector);
        vector(false);
        a.emit(ADD, Gpr.RCX, Imm.of(form.lanes()));
        a.emit(CMP, Gpr.RCX, Gpr.R14);
        a.emit(JB, vector);
        a.bind(behind);
        a.emit(TEST, Gpr.R15, Gpr.R15);
        a.emit(JE, rowDone);
        rest();
        a.bind(rowDone);
        for (int i = 0; i < form.types.size(); i++) {
            a.emit(ADD, INPUTS.get(i), Mem.at(Gpr.RDI, RowsWork.STEPS + i * Long.BYTES));
        }
        a.emit(ADD, Gpr.RBX, Mem.at(Gpr.RDI, RowsWork.ROW_BYTES));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }

    private void rest() {
        for (int i = 0; i < form.types.size(); i++) {
            if (form.spread.get(i)) {
                int bytes = form.types.get(i).elementBytes();
                a.emit(LEA, Gpr.R11, Mem.at(INPUTS.get(i), Gpr.RCX, bytes, 0));
                a.emit(LEA, Gpr.R12, slot(i));
                copy(bytes);
            }
        }
        vector(true);
        int bytes = form.result.elementBytes();
        a.emit(LEA, Gpr.R11, slot(OUTPUT_SLOT));
        a.emit(LEA, Gpr.R12, Mem.at(Gpr.RBX, Gpr.RCX, bytes, 0));
        copy(bytes);
    }

    private static Mem slot(int operand) {
        return Mem.at(Gpr.RSP, operand * VECTOR);
    }

    /// As many elements as are left, from r11 to r12; overwrites rax and rsi.
    private void copy(int bytes) {
        var element = new Label("element");
        a.emit(MOV, Gpr.RSI, Gpr.R15);
        a.bind(element);
        var from = Mem.at(Gpr.R11, Gpr.RSI, bytes, -bytes);
        var to = Mem.at(Gpr.R12, Gpr.RSI, bytes, -bytes);
        switch (bytes) {
            case Byte.BYTES -> {
                a.emit(MOVZX, Gpr.RAX.low32(), from.sized(Byte.SIZE));
                a.emit(MOV, to, Gpr.RAX.low8());
            }
            case Integer.BYTES -> {
                a.emit(MOV, Gpr.RAX.low32(), from);
                a.emit(MOV, to, Gpr.RAX.low32());
            }
            default -> {
                a.emit(MOV, Gpr.RAX, from);
                a.emit(MOV, to, Gpr.RAX);
            }
        }
        a.emit(DEC, Gpr.RSI);
        a.emit(JNE, element);
    }

    private void vector(boolean isRest) {
        for (int i = 0; i < form.types.size(); i++) {
            boolean isSpread = form.spread.get(i);
            var base = INPUTS.get(i);
            int bytes = form.types.get(i).elementBytes();
            var place = !isSpread ? Mem.at(base, 0) : isRest ? slot(i) : Mem.at(base, Gpr.RCX, bytes, 0);
            if (isSpread) {
                moves.load(form.types.get(i), Vec.ymm(i), place);
            } else {
                moves.broadcast(form.types.get(i), Vec.ymm(i), place);
            }
        }
        new TypedArithmetic(a, form).write();
        var place = isRest ? slot(OUTPUT_SLOT) : Mem.at(Gpr.RBX, Gpr.RCX, form.result.elementBytes(), 0);
        moves.store(form.result, place, Vec.ymm(0), Vec.ymm(1));
    }
}
