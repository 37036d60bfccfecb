package dev.balsa.kernel.amx;

import static dev.balsa.asm.Avx512Instruction.VPORD;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.INC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;

/// Writes the code that packs the pairs of rows from rsi to rdx of 16 columns of a right factor, all of them
/// floats one after the other, into rows of tiles: the upper row in the lower half of each lane, the lower row in
/// the upper half. rdi points to the [Argument]s.
final class PackCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The pair rsi.
        SOURCE(0),
        /// Its place in the first part's tile.
        TARGET(1),
        /// Bytes from a part's tile to the next part's.
        PART_STEP(2),
        /// The bits of a float by which everything is multiplied.
        FACTOR(3);

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

    private static final Vec UPPER = Vec.zmm(0);
    private static final Vec LOWER = Vec.zmm(1);
    private static final Vec FACTOR = Vec.zmm(2);
    private static final Vec UPPER_HALF = Vec.ymm(3);
    private static final Vec LOWER_HALF = Vec.ymm(4);
    private static final Vec PAIR = Vec.zmm(5);
    private static final Vec HIGH = Vec.zmm(6);

    private PackCode() {}

    /// Names the routine.
    static String name(int parts) {
        return "amx_pack_bf16_" + parts + "parts";
    }

    /// The routine's code.
    static byte[] write(int parts) {
        return Routine.of(0, assembler -> write(assembler, parts));
    }

    private static void write(Assembler a, int parts) {
        var bfloat = new Bfloat16Code(a, parts);
        var lanes = new Lanes(a, Bfloat16Code.UNIT);
        var pair = new Label("pair");
        var end = new Label("end");
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JAE, end);
        bfloat.begin();
        lanes.broadcast(FACTOR, Mem.at(Gpr.RDI, Argument.FACTOR.at()));
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.RCX, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R13, Mem.at(Gpr.RDI, Argument.PART_STEP.at()));
        a.bind(pair);
        lanes.multiply(UPPER, FACTOR, Mem.at(Gpr.RAX, 0));
        lanes.multiply(LOWER, FACTOR, Mem.at(Gpr.RAX, Tiles.ROW_BYTES));
        for (int part = 0; part < parts; part++) {
            bfloat.part(part, UPPER_HALF, UPPER);
            bfloat.part(part, LOWER_HALF, LOWER);
            a.emit(IntegerVectorInstruction.VPMOVZXWD, PAIR, UPPER_HALF);
            bfloat.widen(HIGH, LOWER_HALF);
            a.emit(VPORD, PAIR, PAIR, HIGH);
            lanes.store(part == 0 ? Mem.at(Gpr.RCX, 0) : Mem.at(Gpr.RCX, Gpr.R13, part, 0), PAIR);
        }
        a.emit(ADD, Gpr.RAX, Imm.of(2L * Tiles.ROW_BYTES));
        a.emit(ADD, Gpr.RCX, Imm.of(Tiles.ROW_BYTES));
        a.emit(INC, Gpr.RSI);
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, pair);
        a.bind(end);
    }
}
