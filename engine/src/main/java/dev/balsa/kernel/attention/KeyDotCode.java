package dev.balsa.kernel.attention;

import static dev.balsa.asm.AvxInstruction.VADDPS;
import static dev.balsa.asm.AvxInstruction.VHADDPS;
import static dev.balsa.asm.AvxInstruction.VMOVSS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.AvxInstruction.VPERM2F128;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SUB;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Across;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.VectorUnit;
import java.util.stream.IntStream;

/// Writes the products of one query with rdx keys, at least one, that are read where they lie, once and in order;
/// rdi points to the [Argument]s. Eight keys take turns, so that their sums are added across lanes together.
final class KeyDotCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        QUERY(0),
        KEYS(1),
        /// Bytes from a key to the next.
        STEP(2),
        TARGET(3);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }
    }

    private static final int TOGETHER = 8;
    private static final int HALF = TOGETHER / 2;
    /// Vectors of a key that are written one by one; of a longer one, one is written, in a loop.
    private static final int MOST_VECTORS = 16;

    private static final int YMM = 256;
    private static final Imm LOW = Imm.of(0x20);
    private static final Imm HIGH = Imm.of(0x31);

    private final VectorUnit unit;
    private final int size;
    private final int rest;
    private final Assembler a;
    private final Lanes lanes;
    private final Vec query;
    private final Vec spare;

    private KeyDotCode(Assembler assembler, VectorUnit unit, int size) {
        this.unit = unit;
        this.size = size;
        this.rest = size % unit.lanes();
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.query = unit.register(TOGETHER);
        this.spare = unit.register(TOGETHER + 1);
    }

    /// Names the routine; equal names are equal code.
    static String name(VectorUnit unit, int size) {
        return unit.isa().label() + "_attention_dots_f32_" + size;
    }

    /// The routine's code.
    ///
    /// @param size elements of a key
    static byte[] write(VectorUnit unit, int size) {
        return Routine.of(0, assembler -> new KeyDotCode(assembler, unit, size).write());
    }

    /// r8 = the query, r9 = the first key, r10 and r11 = one and three steps, r12 = the target.
    private void write() {
        if (rest > 0) {
            lanes.chooseFirst(rest);
        }
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.QUERY.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.KEYS.at()));
        a.emit(MOV, Gpr.R10, Mem.at(Gpr.RDI, Argument.STEP.at()));
        a.emit(LEA, Gpr.R11, Mem.at(Gpr.R10, Gpr.R10, 2, 0));
        a.emit(MOV, Gpr.R12, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        var several = new Label("several");
        var left = new Label("left");
        var single = new Label("single");
        var done = new Label("done");
        a.emit(SUB, Gpr.RDX, Imm.of(TOGETHER));
        a.emit(JB, left);
        a.bind(several);
        multiply(TOGETHER);
        addAcross();
        a.emit(LEA, Gpr.R9, Mem.at(Gpr.R9, Gpr.R10, TOGETHER, 0));
        a.emit(ADD, Gpr.R12, Imm.of(TOGETHER * Float.BYTES));
        a.emit(SUB, Gpr.RDX, Imm.of(TOGETHER));
        a.emit(JAE, several);
        a.bind(left);
        a.emit(ADD, Gpr.RDX, Imm.of(TOGETHER));
        a.emit(JE, done);
        var across = new Across(lanes, spare);
        a.bind(single);
        multiply(1);
        across.floats(unit.register(0), lanes::add);
        a.emit(VMOVSS, Mem.at(Gpr.R12, 0), Vec.xmm(0));
        a.emit(ADD, Gpr.R9, Gpr.R10);
        a.emit(ADD, Gpr.R12, Imm.of(Float.BYTES));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, single);
        a.bind(done);
    }

    /// The first registers = what lanes of as many keys give; rbx, r14 and r13 walk along the query, the first and
    /// the fifth key.
    private void multiply(int count) {
        IntStream.range(0, count).forEach(key -> lanes.zero(unit.register(key)));
        a.emit(MOV, Gpr.RBX, Gpr.R8);
        a.emit(MOV, Gpr.R14, Gpr.R9);
        if (count > HALF) {
            a.emit(LEA, Gpr.R13, Mem.at(Gpr.R9, Gpr.R10, HALF, 0));
        }
        int vectors = size / unit.lanes();
        if (vectors > MOST_VECTORS) {
            var vector = new Label("vector");
            a.emit(MOV, Gpr.RCX, Imm.of(vectors));
            a.bind(vector);
            vector(count, 0);
            a.emit(ADD, Gpr.RBX, Imm.of(unit.bytes()));
            a.emit(ADD, Gpr.R14, Imm.of(unit.bytes()));
            a.emit(ADD, Gpr.R13, Imm.of(unit.bytes()));
            a.emit(DEC, Gpr.RCX);
            a.emit(JNE, vector);
            vectors = 0;
        }
        for (int i = 0; i < vectors; i++) {
            vector(count, i * unit.bytes());
        }
        if (rest > 0) {
            lanes.loadFirst(query, Mem.at(Gpr.RBX, vectors * unit.bytes()), rest);
            for (int key = 0; key < count; key++) {
                lanes.loadFirst(spare, key(key, vectors * unit.bytes()), rest);
                lanes.accumulate(unit.register(key), query, spare);
            }
        }
    }

    private void vector(int count, int at) {
        lanes.load(query, Mem.at(Gpr.RBX, at));
        for (int key = 0; key < count; key++) {
            lanes.accumulate(unit.register(key), query, key(key, at));
        }
    }

    private static Mem key(int key, int at) {
        var base = key < HALF ? Gpr.R14 : Gpr.R13;
        return switch (key % HALF) {
            case 0 -> Mem.at(base, at);
            case 1 -> Mem.at(base, Gpr.R10, 1, at);
            case 2 -> Mem.at(base, Gpr.R10, 2, at);
            default -> Mem.at(base, Gpr.R11, 1, at);
        };
    }

    /// Stores the sums of the lanes of eight registers, one after the other.
    private void addAcross() {
        if (unit.bits() > YMM) {
            for (int key = 0; key < TOGETHER; key++) {
                a.emit(Avx512Instruction.VEXTRACTF64X4, spare.as(YMM), unit.register(key), Imm.of(1));
                a.emit(VADDPS, Vec.ymm(key), Vec.ymm(key), spare.as(YMM));
            }
        }
        for (int apart = 1; apart < HALF; apart *= 2) {
            for (int key = 0; key < TOGETHER; key += 2 * apart) {
                a.emit(VHADDPS, Vec.ymm(key), Vec.ymm(key), Vec.ymm(key + apart));
            }
        }
        a.emit(VPERM2F128, spare.as(YMM), Vec.ymm(0), Vec.ymm(HALF), LOW);
        a.emit(VPERM2F128, Vec.ymm(0), Vec.ymm(0), Vec.ymm(HALF), HIGH);
        a.emit(VADDPS, Vec.ymm(0), Vec.ymm(0), spare.as(YMM));
        a.emit(VMOVUPS, Mem.at(Gpr.R12, 0), Vec.ymm(0));
    }
}
