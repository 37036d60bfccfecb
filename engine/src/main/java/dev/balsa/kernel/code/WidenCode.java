package dev.balsa.kernel.code;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JA;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JBE;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVSX;
import static dev.balsa.asm.GeneralInstruction.MOVZX;
import static dev.balsa.asm.GeneralInstruction.SUB;
import static dev.balsa.asm.GeneralInstruction.TEST;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import java.util.Arrays;

/// Writes the code that makes wider numbers of 8-bit integers less their zero point, or bytes without sign of them:
/// rsi runs of rdx elements, both at least 1; rdi points to the [Argument]s.
///
/// What is left behind whole vectors of a run is done by one that ends with the last element, once more over some
/// that are done; the last of runs shorter than a vector are done one by one. Runs follow each other at distances
/// of at least their lengths.
///
/// @param unit the unit
/// @param signed whether the integers are signed
/// @param to what they become
public record WidenCode(VectorUnit unit, boolean signed, Target to) {
    /// What integers become.
    public enum Target {
        /// Bytes without sign: those with sign are moved up by 128. No zero point is taken off. What is behind a run
        /// up to a multiple of four bytes is overwritten or not.
        QUADS(Byte.BYTES),
        /// 16-bit integers; a zero fills a run of odd length up to pairs.
        PAIRS(Short.BYTES),
        /// Floats.
        FLOATS(Float.BYTES);

        private final int bytes;

        Target(int bytes) {
            this.bytes = bytes;
        }

        /// Bytes of an element.
        public int bytes() {
            return bytes;
        }
    }

    /// What the routine is told, in this order.
    public enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// The zero point, 32 bits with sign.
        ZERO_POINT(2),
        /// Bytes from a run to the next.
        SOURCE_STEP(3),
        TARGET_STEP(4);

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

    private static final int ZERO_POINT = 1;
    private static final int RUN = 2;
    private static final int UNROLL = 4;

    /// Names the routine; equal names are equal code.
    public String name() {
        return unit.isa().label() + "_widen_" + (signed ? "s8" : "u8")
                + switch (to) {
                    case QUADS -> "u8";
                    case PAIRS -> "s16";
                    case FLOATS -> "f32";
                };
    }

    /// The routine's code.
    public byte[] write() {
        return Routine.of(0, this::write);
    }

    private int lanes() {
        return unit.bytes() / to.bytes;
    }

    /// r8, r9 = source and target of the run; rcx = elements done; r10 = where the last vector begins; r11 = the
    /// zero point.
    private void write(Assembler a) {
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R11, Mem.at(Gpr.RDI, Argument.ZERO_POINT.at()));
        var zero = unit.register(ZERO_POINT);
        var zeroPlace = Mem.at(Gpr.RDI, Argument.ZERO_POINT.at());
        switch (to) {
            case QUADS -> new Lanes(a, unit).load(zero, new Lanes(a, unit).bits(0x80808080));
            case PAIRS -> a.emit(IntegerVectorInstruction.VPBROADCASTW, zero, zeroPlace.sized(Short.SIZE));
            case FLOATS -> a.emit(IntegerVectorInstruction.VPBROADCASTD, zero, zeroPlace.sized(Integer.SIZE));
        }
        a.emit(LEA, Gpr.R10, Mem.at(Gpr.RDX, -lanes()));
        var run = new Label("run");
        a.emit(CMP, Gpr.RDX, Imm.of(lanes()));
        a.emit(JAE, run);
        shortRuns(a, run);
        var several = new Label("several");
        var rest = new Label("rest");
        var vector = new Label("vector");
        var single = new Label("single");
        var done = new Label("done");
        var whole = new Label("whole pairs");
        a.bind(run);
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.emit(CMP, Gpr.RDX, Imm.of(lanes()));
        a.emit(JB, single);
        a.align(16);
        a.bind(several);
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.RCX, (UNROLL - 1) * lanes()));
        a.emit(CMP, Gpr.RAX, Gpr.R10);
        a.emit(JA, rest);
        for (int i = 0; i < UNROLL; i++) {
            vector(a, i);
        }
        a.emit(ADD, Gpr.RCX, Imm.of((long) UNROLL * lanes()));
        a.emit(JMP, several);
        a.bind(rest);
        a.emit(CMP, Gpr.RCX, Gpr.R10);
        a.emit(JBE, vector);
        a.emit(CMP, Gpr.RCX, Gpr.RDX);
        a.emit(JAE, done);
        a.emit(MOV, Gpr.RCX, Gpr.R10);
        a.bind(vector);
        vector(a, 0);
        a.emit(ADD, Gpr.RCX, Imm.of(lanes()));
        a.emit(JMP, rest);
        a.bind(single);
        single(a);
        a.emit(ADD, Gpr.RCX, Imm.of(1));
        a.emit(CMP, Gpr.RCX, Gpr.RDX);
        a.emit(JNE, single);
        a.bind(done);
        if (to == Target.PAIRS) {
            a.emit(MOV, Gpr.RAX.low32(), Imm.of(1));
            a.emit(TEST, Gpr.RDX.low32(), Gpr.RAX.low32());
            a.emit(JE, whole);
            a.emit(XOR, Gpr.RAX.low32(), Gpr.RAX.low32());
            a.emit(MOV, Mem.at(Gpr.R9, Gpr.RDX, to.bytes, 0), Gpr.RAX.low16());
            a.bind(whole);
        }
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE_STEP.at()));
        a.emit(ADD, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET_STEP.at()));
        a.emit(DEC, Gpr.RSI);
        a.emit(JNE, run);
    }

    /// Runs shorter than a vector that as many others follow as it has lanes: with their neighbours' first
    /// elements, of which nothing stays, and zeros behind, which the next runs overwrite.
    private void shortRuns(Assembler a, Label rest) {
        var run = new Label("short run");
        // Ones, then zeros: from the right place on, as many ones as there are elements.
        var window = new long[2 * unit.bytes() / Long.BYTES];
        Arrays.fill(window, 0, window.length / 2, -1);
        a.emit(LEA, Gpr.RAX, a.constant(window));
        a.emit(IMUL, Gpr.RCX, Gpr.R10, Imm.of(-to.bytes));
        a.emit(ADD, Gpr.RAX, Gpr.RCX);
        a.emit(AvxInstruction.VMOVUPS, unit.register(RUN), Mem.at(Gpr.RAX, 0));
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.emit(CMP, Gpr.RSI, Imm.of(lanes()));
        a.emit(JBE, rest);
        a.bind(run);
        load(a, 0);
        a.emit(AvxInstruction.VANDPS, unit.register(0), unit.register(0), unit.register(RUN));
        a.emit(AvxInstruction.VMOVUPS, Mem.at(Gpr.R9, 0), unit.register(0));
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE_STEP.at()));
        a.emit(ADD, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET_STEP.at()));
        a.emit(DEC, Gpr.RSI);
        a.emit(CMP, Gpr.RSI, Imm.of(lanes()));
        a.emit(JA, run);
    }

    /// @param index vectors from rcx on
    private void vector(Assembler a, int index) {
        load(a, index);
        var target = Mem.at(Gpr.R9, Gpr.RCX, to.bytes, index * unit.bytes());
        a.emit(AvxInstruction.VMOVUPS, target, unit.register(0));
    }

    /// Register 0 = what the integers of a vector become.
    private void load(Assembler a, int index) {
        var x = unit.register(0);
        var source = Mem.at(Gpr.R8, Gpr.RCX, 1, index * lanes());
        switch (to) {
            case QUADS -> {
                a.emit(AvxInstruction.VMOVUPS, x, source);
                if (signed) {
                    a.emit(AvxInstruction.VXORPS, x, x, unit.register(ZERO_POINT));
                }
            }
            case PAIRS -> {
                a.emit(signed ? IntegerVectorInstruction.VPMOVSXBW : IntegerVectorInstruction.VPMOVZXBW, x, source);
                a.emit(IntegerVectorInstruction.VPSUBW, x, x, unit.register(ZERO_POINT));
            }
            case FLOATS -> {
                a.emit(signed ? IntegerVectorInstruction.VPMOVSXBD : IntegerVectorInstruction.VPMOVZXBD, x, source);
                a.emit(IntegerVectorInstruction.VPSUBD, x, x, unit.register(ZERO_POINT));
                a.emit(AvxInstruction.VCVTDQ2PS, x, x);
            }
        }
    }

    private void single(Assembler a) {
        var source = Mem.at(Gpr.R8, Gpr.RCX, 1, 0).sized(Byte.SIZE);
        var target = Mem.at(Gpr.R9, Gpr.RCX, to.bytes, 0);
        a.emit(signed ? MOVSX : MOVZX, Gpr.RAX.low32(), source);
        if (to != Target.QUADS) {
            a.emit(SUB, Gpr.RAX.low32(), Gpr.R11.low32());
        } else if (signed) {
            a.emit(ADD, Gpr.RAX.low32(), Imm.of(128));
        }
        switch (to) {
            case QUADS -> a.emit(MOV, target.sized(Byte.SIZE), Gpr.RAX.low8());
            case PAIRS -> a.emit(MOV, target, Gpr.RAX.low16());
            case FLOATS -> {
                var x = Vec.xmm(0);
                a.emit(AvxInstruction.VMOVD, x, Gpr.RAX.low32());
                a.emit(AvxInstruction.VCVTDQ2PS, x, x);
                a.emit(AvxInstruction.VMOVSS, target, x);
            }
        }
    }
}
