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
import static dev.balsa.asm.GeneralInstruction.MOVZX;
import static dev.balsa.asm.GeneralInstruction.XOR;
import static dev.balsa.asm.IntegerVectorInstruction.VBROADCASTI128;
import static dev.balsa.asm.IntegerVectorInstruction.VPSHUFB;
import static dev.balsa.asm.IntegerVectorInstruction.VPSUBB;
import static dev.balsa.asm.IntegerVectorInstruction.VPSUBSB;
import static dev.balsa.asm.IntegerVectorInstruction.VPXOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.MaskInstruction;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Writes the code of a [LookupRequest] for rdx elements, at least 1; rdi points to the [Argument]s. It is the same
/// for all vector units, but where whole registers of 64 bytes can be permuted by bytes: then a permutation of two of
/// them looks up half of the table each.
///
/// Otherwise a shuffle looks 16 results up by the low 4 bits of an index, and gives 0 where the index is negative. An
/// index
/// goes through 16 shuffles, one per row of the table, while 16 are subtracted in between, and all they give is
/// put together by exclusive or. An index from 0 on is negative as soon as its row is behind it: rows hold the
/// difference to the row before, so that all up to its own make its own. A negative index wraps around in its row,
/// and is shuffled by all rows behind that one, up to the eighth further one: rows from the eighth on also undo
/// what lies in between. From there on subtraction saturates, so that nothing wraps around again.
///
/// What is left behind whole vectors is done by one that ends with the last element, once more over some that are
/// done; fewer elements than a vector has are done one by one.
final class LookupCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// What [#pack] has made.
        TABLE(2);

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

    /// The routine's name.
    static String name(boolean permutes) {
        return permutes ? "amx_lookup" : "avx2_lookup";
    }

    private static final int RESULTS = 256;
    private static final int ROW = 16;
    private static final int ROWS = RESULTS / ROW;
    private static final int UNROLL = 4;
    private static final int FIRST_TABLE = 16;

    /// Bytes of a packed table: the rows, then the results as they are.
    static final long TABLE = 2L * RESULTS;

    private static final Vec ROW_RESULTS = Vec.ymm(2 * UNROLL);
    private static final Vec FOUND = Vec.ymm(2 * UNROLL + 1);
    private static final Vec STEP = Vec.ymm(2 * UNROLL + 2);

    private final Assembler a;
    private final boolean permutes;
    /// Bytes of a vector.
    private final int vector;

    private LookupCode(Assembler assembler, boolean permutes) {
        a = assembler;
        this.permutes = permutes;
        vector = permutes ? 64 : 32;
    }

    /// The routine's code.
    ///
    /// @param permutes whether the processor has permutations of bytes (AVX512_VBMI)
    static byte[] write(boolean permutes) {
        return Routine.of(0, assembler -> new LookupCode(assembler, permutes).all());
    }

    /// Packs a table.
    static void pack(MemorySegment table, MemorySegment target) {
        var results = table.toArray(ValueLayout.JAVA_BYTE);
        var rows = new byte[RESULTS];
        for (int i = 0; i < RESULTS; i++) {
            int before = i < ROW ? 0 : results[i - ROW];
            int undone = i < RESULTS / 2 ? 0 : rows[i - RESULTS / 2];
            rows[i] = (byte) (results[i] ^ before ^ undone);
        }
        MemorySegment.copy(rows, 0, target, ValueLayout.JAVA_BYTE, 0, RESULTS);
        MemorySegment.copy(results, 0, target, ValueLayout.JAVA_BYTE, RESULTS, RESULTS);
    }

    /// r8, r9, r11 = source, target and table; rcx = elements done; r10 = where the last vector begins.
    private void all() {
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R11, Mem.at(Gpr.RDI, Argument.TABLE.at()));
        var several = new Label("several");
        var rest = new Label("rest");
        var one = new Label("vector");
        var single = new Label("single");
        var done = new Label("done");
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.emit(CMP, Gpr.RDX, Imm.of(vector));
        a.emit(JB, single);
        begin();
        a.emit(LEA, Gpr.R10, Mem.at(Gpr.RDX, -vector));
        a.align(16);
        a.bind(several);
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.RCX, (UNROLL - 1) * vector));
        a.emit(CMP, Gpr.RAX, Gpr.R10);
        a.emit(JA, rest);
        vectors(UNROLL);
        a.emit(ADD, Gpr.RCX, Imm.of((long) UNROLL * vector));
        a.emit(JMP, several);
        a.bind(rest);
        a.emit(CMP, Gpr.RCX, Gpr.R10);
        a.emit(JBE, one);
        a.emit(CMP, Gpr.RCX, Gpr.RDX);
        a.emit(JAE, done);
        a.emit(MOV, Gpr.RCX, Gpr.R10);
        a.bind(one);
        vectors(1);
        a.emit(ADD, Gpr.RCX, Imm.of(vector));
        a.emit(JMP, rest);
        a.bind(single);
        a.emit(MOVZX, Gpr.RAX.low32(), Mem.at(Gpr.R8, Gpr.RCX, 1, 0).sized(Byte.SIZE));
        a.emit(MOVZX, Gpr.RAX.low32(), Mem.at(Gpr.R11, Gpr.RAX, 1, RESULTS).sized(Byte.SIZE));
        a.emit(MOV, Mem.at(Gpr.R9, Gpr.RCX, 1, 0), Gpr.RAX.low8());
        a.emit(ADD, Gpr.RCX, Imm.of(1));
        a.emit(CMP, Gpr.RCX, Gpr.RDX);
        a.emit(JNE, single);
        a.bind(done);
    }

    private void begin() {
        if (!permutes) {
            a.emit(VBROADCASTI128, STEP, a.constant(0x1010101010101010L, 0x1010101010101010L));
            return;
        }
        for (int i = 0; i < RESULTS / vector; i++) {
            a.emit(AvxInstruction.VMOVUPS, Vec.zmm(FIRST_TABLE + i), Mem.at(Gpr.R11, RESULTS + i * vector));
        }
    }

    private void vectors(int count) {
        if (permutes) {
            permute(count);
        } else {
            shuffle(count);
        }
    }

    /// The lower seven bits of an index choose from two registers, the upper one between both halves.
    private void permute(int count) {
        for (int i = 0; i < count; i++) {
            var low = Vec.zmm(2 * i);
            var high = Vec.zmm(2 * i + 1);
            a.emit(AvxInstruction.VMOVUPS, low, Mem.at(Gpr.R8, Gpr.RCX, 1, i * vector));
            a.emit(AvxInstruction.VMOVUPS, high, low);
            a.emit(MaskInstruction.VPMOVB2M, Mask.K1, low);
            a.emit(Avx512Instruction.VPERMI2B, low, Vec.zmm(FIRST_TABLE), Vec.zmm(FIRST_TABLE + 1));
            a.emit(Avx512Instruction.VPERMI2B, high, Vec.zmm(FIRST_TABLE + 2), Vec.zmm(FIRST_TABLE + 3));
            a.emit(Avx512Instruction.VPBLENDMB, low.mask(Mask.K1), low, high);
            a.emit(AvxInstruction.VMOVUPS, Mem.at(Gpr.R9, Gpr.RCX, 1, i * vector), low);
        }
    }

    private static Vec index(int i) {
        return Vec.ymm(2 * i);
    }

    private static Vec result(int i) {
        return Vec.ymm(2 * i + 1);
    }

    private void shuffle(int count) {
        for (int i = 0; i < count; i++) {
            a.emit(AvxInstruction.VMOVUPS, index(i), Mem.at(Gpr.R8, Gpr.RCX, 1, i * vector));
        }
        for (int row = 0; row < ROWS; row++) {
            a.emit(VBROADCASTI128, ROW_RESULTS, Mem.at(Gpr.R11, row * ROW));
            for (int i = 0; i < count; i++) {
                if (row == 0) {
                    a.emit(VPSHUFB, result(i), ROW_RESULTS, index(i));
                } else {
                    a.emit(row <= ROWS / 2 ? VPSUBB : VPSUBSB, index(i), index(i), STEP);
                    a.emit(VPSHUFB, FOUND, ROW_RESULTS, index(i));
                    a.emit(VPXOR, result(i), result(i), FOUND);
                }
            }
        }
        for (int i = 0; i < count; i++) {
            a.emit(AvxInstruction.VMOVUPS, Mem.at(Gpr.R9, Gpr.RCX, 1, i * vector), result(i));
        }
    }
}
