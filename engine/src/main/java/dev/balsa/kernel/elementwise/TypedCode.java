package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVZX;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
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

    private void write() {
        var rows = new RowsCode(a, form.types.size(), form.lanes());
        rows.load();
        rows.loop(() -> vector(false), this::rest);
    }

    private void rest() {
        for (int i = 0; i < form.types.size(); i++) {
            if (form.spread.get(i)) {
                int bytes = form.types.get(i).elementBytes();
                a.emit(LEA, Gpr.R11, Mem.at(RowsCode.INPUTS.get(i), Gpr.RCX, bytes, 0));
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
            var base = RowsCode.INPUTS.get(i);
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
