package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JBE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.VectorUnit;

/// Writes the code that finds the least and the greatest of rdx floats and 0; there are at least as many as a
/// vector has. The address of the floats is at rdi; behind it, from [#RESULTS] on, the routine leaves three
/// vectors: lane by lane the least, the greatest, and 0 or a NaN if there was one.
///
/// @param unit the unit
record RangeCode(VectorUnit unit) {
    /// Where the results begin, in bytes.
    static final int RESULTS = 64;

    private static final int LEAST = 1;
    private static final int GREATEST = 2;
    private static final int NOT_A_NUMBER = 3;

    /// Names the routine; equal names are equal code.
    String name() {
        return unit.isa().label() + "_range_f32";
    }

    /// Bytes of scratch memory.
    long bytes() {
        return RESULTS + 3L * unit.bytes();
    }

    /// The routine's code.
    byte[] write() {
        return Routine.of(0, assembler -> write(new Lanes(assembler, unit)));
    }

    /// r8 = the floats; rcx = those done; r10 = where the last vector begins.
    private void write(Lanes lanes) {
        var a = lanes.assembler();
        var x = unit.register(0);
        var least = unit.register(LEAST);
        var greatest = unit.register(GREATEST);
        var strange = unit.register(NOT_A_NUMBER);
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, 0));
        lanes.zero(least);
        lanes.zero(greatest);
        lanes.zero(strange);
        var vector = new Label("vector");
        var done = new Label("done");
        a.emit(LEA, Gpr.R10, Mem.at(Gpr.RDX, -unit.lanes()));
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.align(16);
        a.bind(vector);
        lanes.load(x, Mem.at(Gpr.R8, Gpr.RCX, Float.BYTES, 0));
        // A NaN as the first operand leaves the second one.
        lanes.min(least, x, least);
        lanes.max(greatest, x, greatest);
        lanes.select(strange, x, Lanes.Comparison.UNORDERED, x, x, strange, unit.register(NOT_A_NUMBER + 1));
        a.emit(ADD, Gpr.RCX, Imm.of(unit.lanes()));
        a.emit(CMP, Gpr.RCX, Gpr.R10);
        a.emit(JBE, vector);
        a.emit(CMP, Gpr.RCX, Gpr.RDX);
        a.emit(JAE, done);
        // The last vector ends with the last float; some it has seen already.
        a.emit(MOV, Gpr.RCX, Gpr.R10);
        a.emit(JMP, vector);
        a.bind(done);
        lanes.store(Mem.at(Gpr.RDI, RESULTS), least);
        lanes.store(Mem.at(Gpr.RDI, RESULTS + unit.bytes()), greatest);
        lanes.store(Mem.at(Gpr.RDI, RESULTS + 2 * unit.bytes()), strange);
    }
}
