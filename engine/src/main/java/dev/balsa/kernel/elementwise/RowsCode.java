package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.TEST;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import java.util.List;

/// Writes the loop over the rows that a [RowsWork] asks for: whole vectors, then what is left behind them.
///
/// In it, [#INPUTS] point to the inputs' rows and rbx to the output's; rcx = elements of the row done, r14 = those in
/// whole vectors, r15 = those behind them.
///
/// @param inputs how many there are
/// @param lanes elements of a vector
record RowsCode(Assembler a, int inputs, int lanes) {
    /// Where the inputs' rows are.
    static final List<Gpr> INPUTS = List.of(Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R11, Gpr.R12, Gpr.R13);

    /// Loads the arguments.
    void load() {
        for (int i = 0; i < inputs; i++) {
            a.emit(MOV, INPUTS.get(i), Mem.at(Gpr.RDI, i * Long.BYTES));
        }
        a.emit(MOV, Gpr.RBX, Mem.at(Gpr.RDI, RowsWork.OUTPUT));
        a.emit(MOV, Gpr.R14, Mem.at(Gpr.RDI, RowsWork.WHOLE));
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RDI, RowsWork.REST));
    }

    /// Goes over the rows.
    ///
    /// @param vector writes what is done to a vector
    /// @param rest writes what is done to the elements behind whole vectors
    void loop(Runnable vector, Runnable rest) {
        var row = new Label("row");
        var another = new Label("vector");
        var behind = new Label("rest");
        var rowDone = new Label("row done");
        a.bind(row);
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.emit(CMP, Gpr.RCX, Gpr.R14);
        a.emit(JAE, behind);
        a.align(16);
        a.bind(another);
        vector.run();
        a.emit(ADD, Gpr.RCX, Imm.of(lanes));
        a.emit(CMP, Gpr.RCX, Gpr.R14);
        a.emit(JB, another);
        a.bind(behind);
        a.emit(TEST, Gpr.R15, Gpr.R15);
        a.emit(JE, rowDone);
        rest.run();
        a.bind(rowDone);
        for (int i = 0; i < inputs; i++) {
            a.emit(ADD, INPUTS.get(i), Mem.at(Gpr.RDI, RowsWork.STEPS + i * Long.BYTES));
        }
        a.emit(ADD, Gpr.RBX, Mem.at(Gpr.RDI, RowsWork.ROW_BYTES));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }
}
