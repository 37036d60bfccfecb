package dev.balsa.kernel.elementwise;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.JA;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JBE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVSX;
import static dev.balsa.asm.GeneralInstruction.MOVZX;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.SumCode;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;

/// Writes the code of a [QuantizedAddRequest] for rdx elements, at least 1; rdi points to the [Argument]s.
///
/// What is left behind whole vectors is done by one that ends with the last element, once more over some that are
/// done; fewer elements than a vector has are done one by one.
///
/// @param unit the unit
/// @param signed whether integers are signed
/// @param zeroC the zero point of the result
/// @param ordinary whether all scales are such that numbers are divided by multiplications ([Lanes#isOrdinary])
record QuantizedAddCode(VectorUnit unit, boolean signed, int zeroC, boolean ordinary) {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        A(0),
        B(1),
        TARGET(2),
        /// The bits of the factors.
        SCALE_A(3),
        SCALE_B(4),
        SCALE_C(5),
        /// 32 bits with sign.
        ZERO_A(6),
        ZERO_B(7),
        /// The bits of 1 / SCALE_C.
        INVERSE_C(8);

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

    private static final List<Argument> HELD = List.of(
            Argument.SCALE_A, Argument.SCALE_B, Argument.SCALE_C, Argument.ZERO_A, Argument.ZERO_B, Argument.INVERSE_C);
    private static final int FIRST_HELD = 6;
    /// Registers that a vector has to itself.
    private static final int FREE = 3;

    /// Names the routine; equal names are equal code.
    String name() {
        return unit.isa().label() + "_quantizedadd_" + (signed ? "s8" : "u8") + "_" + zeroC
                + (ordinary ? "" : "_extreme");
    }

    /// The routine's code.
    byte[] write() {
        return Routine.of(0, assembler -> write(new Lanes(assembler, unit)));
    }

    private Vec held(Argument argument) {
        return unit.register(FIRST_HELD + HELD.indexOf(argument));
    }

    private SumCode result() {
        var type = signed ? SumResult.Type.INT8 : SumResult.Type.UINT8;
        return new SumCode(new SumResult(false, type, 1, zeroC, ordinary), List.of(), true);
    }

    /// r8, r9, r11 = A, B and the target; rcx = elements done; r10 = where the last vector begins.
    private void write(Lanes lanes) {
        var a = lanes.assembler();
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.A.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.B.at()));
        a.emit(MOV, Gpr.R11, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        HELD.forEach(argument -> lanes.broadcast(held(argument), Mem.at(Gpr.RDI, argument.at())));
        var several = new Label("several");
        var rest = new Label("rest");
        var vector = new Label("vector");
        var single = new Label("single");
        var done = new Label("done");
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.emit(CMP, Gpr.RDX, Imm.of(unit.lanes()));
        a.emit(JB, single);
        a.emit(LEA, Gpr.R10, Mem.at(Gpr.RDX, -unit.lanes()));
        a.align(16);
        a.bind(several);
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.RCX, unit.lanes()));
        a.emit(CMP, Gpr.RAX, Gpr.R10);
        a.emit(JA, rest);
        a.interleave(List.of(() -> vector(lanes, 0), () -> vector(lanes, 1)));
        result().storePair(lanes, target(), x(0), x(1), temporary(0));
        a.emit(ADD, Gpr.RCX, Imm.of(2L * unit.lanes()));
        a.emit(JMP, several);
        a.bind(rest);
        a.emit(CMP, Gpr.RCX, Gpr.R10);
        a.emit(JBE, vector);
        a.emit(CMP, Gpr.RCX, Gpr.RDX);
        a.emit(JAE, done);
        a.emit(MOV, Gpr.RCX, Gpr.R10);
        a.bind(vector);
        vector(lanes, 0);
        result().store(lanes, target(), x(0), unit.lanes(), temporary(0));
        a.emit(ADD, Gpr.RCX, Imm.of(unit.lanes()));
        a.emit(JMP, rest);
        a.bind(single);
        loadOne(a, x(0).as(128), Gpr.R8);
        loadOne(a, y(0).as(128), Gpr.R9);
        add(lanes, 0);
        result().storeOne(lanes, target(), x(0));
        a.emit(ADD, Gpr.RCX, Imm.of(1));
        a.emit(CMP, Gpr.RCX, Gpr.RDX);
        a.emit(JNE, single);
        a.bind(done);
    }

    private static Mem target() {
        return Mem.at(Gpr.R11, Gpr.RCX, 1, 0);
    }

    private Vec x(int vector) {
        return unit.register(vector * FREE);
    }

    private Vec y(int vector) {
        return unit.register(vector * FREE + 1);
    }

    private Vec temporary(int vector) {
        return unit.register(vector * FREE + 2);
    }

    /// @param vector counted from rcx on
    private void vector(Lanes lanes, int vector) {
        load(lanes.assembler(), x(vector), Mem.at(Gpr.R8, Gpr.RCX, 1, vector * unit.lanes()));
        load(lanes.assembler(), y(vector), Mem.at(Gpr.R9, Gpr.RCX, 1, vector * unit.lanes()));
        add(lanes, vector);
    }

    private void load(Assembler a, Vec to, Mem from) {
        a.emit(signed ? IntegerVectorInstruction.VPMOVSXBD : IntegerVectorInstruction.VPMOVZXBD, to, from);
    }

    private void loadOne(Assembler a, Vec x, Gpr from) {
        a.emit(
                signed ? MOVSX : MOVZX,
                Gpr.RAX.low32(),
                Mem.at(from, Gpr.RCX, 1, 0).sized(Byte.SIZE));
        a.emit(AvxInstruction.VMOVD, x, Gpr.RAX.low32());
    }

    /// The first register of a vector = the results of the integers in its first two.
    private void add(Lanes lanes, int vector) {
        var a = x(vector);
        var b = y(vector);
        number(lanes, a, Argument.ZERO_A, Argument.SCALE_A);
        number(lanes, b, Argument.ZERO_B, Argument.SCALE_B);
        lanes.add(a, a, b);
        if (ordinary) {
            lanes.move(b, a);
            lanes.divide(a, b, held(Argument.SCALE_C), held(Argument.INVERSE_C), temporary(vector));
        } else {
            lanes.divide(a, a, held(Argument.SCALE_C));
        }
        SumCode.quantize(lanes, result().result(), a, List.of(b, temporary(vector)));
    }

    private void number(Lanes lanes, Vec x, Argument zero, Argument scale) {
        lanes.subtractIntegers(x, x, held(zero));
        lanes.assembler().emit(AvxInstruction.VCVTDQ2PS, x, x);
        lanes.multiply(x, x, held(scale));
    }
}
