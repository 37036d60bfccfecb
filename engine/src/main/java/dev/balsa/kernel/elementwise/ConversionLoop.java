package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JBE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.Lanes;

/// Writes a loop over elements of types of different widths, whose rest no mask of one width fits.
///
/// What is left behind whole vectors is done by one that ends with the last element, once more over some that are
/// done; fewer elements than a vector has are done one by one.
final class ConversionLoop {
    private ConversionLoop() {}

    /// Writes the loop over rdx elements, at least 1: rcx counts those that are done, r10 is overwritten.
    ///
    /// @param vector writes what is done to the vector from element rcx on
    /// @param single writes what is done to element rcx
    static void write(Lanes lanes, Runnable vector, Runnable single) {
        var a = lanes.assembler();
        int width = lanes.unit().lanes();
        var several = new Label("vector");
        var one = new Label("single");
        var done = new Label("done");
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.emit(CMP, Gpr.RDX, Imm.of(width));
        a.emit(JB, one);
        a.emit(LEA, Gpr.R10, Mem.at(Gpr.RDX, -width));
        a.align(16);
        a.bind(several);
        vector.run();
        a.emit(ADD, Gpr.RCX, Imm.of(width));
        a.emit(CMP, Gpr.RCX, Gpr.R10);
        a.emit(JBE, several);
        a.emit(CMP, Gpr.RCX, Gpr.RDX);
        a.emit(JAE, done);
        a.emit(MOV, Gpr.RCX, Gpr.R10);
        a.emit(JMP, several);
        a.bind(one);
        single.run();
        a.emit(ADD, Gpr.RCX, Imm.of(1));
        a.emit(CMP, Gpr.RCX, Gpr.RDX);
        a.emit(JNE, one);
        a.bind(done);
    }
}
