package dev.balsa.kernel.amx;

import static dev.balsa.asm.Avx512Instruction.VPORD;
import static dev.balsa.asm.AvxInstruction.VGATHERDPS;
import static dev.balsa.asm.AvxInstruction.VMOVUPS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.INC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.IntegerVectorInstruction.VPBROADCASTD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMOVZXWD;
import static dev.balsa.asm.IntegerVectorInstruction.VPMULLD;
import static dev.balsa.asm.MaskInstruction.KMOVD;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;

/// Writes the code that packs the tiles from rsi to rdx (exclusive) of a right factor, 32 rows of up to 16 columns
/// each,
/// into rows of pairs: the upper row in the lower half of each lane, the lower row in the upper half. rdi points to the
/// [Argument]s.
///
/// @param parts bfloat16 parts of each number, a tile each
/// @param adjacent whether columns lie side by side; else they are gathered
record PackCode(int parts, boolean adjacent) {
    /// Stands for a row of zeros.
    static final long NO_ROW = -1;

    private static final int LANES = 16;
    /// The bytes of a lane's number, for gathers.
    private static final int SCALE = Float.BYTES;

    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// Where the rows' places in the tile rsi count from: its first column.
        SOURCE(0),
        /// Bytes from there to where those of the next tile do.
        SOURCE_STEP(1),
        /// For each of the tile's rows its place in bytes, or [#NO_ROW].
        ROWS(2),
        /// Bytes from these to the next tile's.
        ROWS_STEP(3),
        /// The tile's first part.
        TARGET(4),
        /// Bytes from there to that of the next tile.
        TARGET_STEP(5),
        /// Bytes from a part's tile to the next part's.
        PART_STEP(6),
        /// Numbers from a column to the next: 32 bits.
        COLUMN_STEP(7),
        /// A bit for each column.
        COLUMNS(8),
        /// The bits of a float by which everything is multiplied.
        FACTOR(9);

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
    private static final Vec PLACES = Vec.zmm(7);
    private static final Mask COLUMNS = Mask.K1;
    private static final Mask TO_GATHER = Mask.K5;

    /// Names the routine.
    String name() {
        return "amx_pack_bf16_" + parts + "parts_" + (adjacent ? "adjacent" : "apart");
    }

    /// The routine's code.
    byte[] write() {
        return Routine.of(0, this::write);
    }

    /// r8, r9, rcx = the tile's source, rows and target; r12 and r10 walk along the latter, r14 counts pairs.
    private void write(Assembler a) {
        var bfloat = new Bfloat16Code(a, parts);
        var lanes = new Lanes(a, Bfloat16Code.UNIT);
        var tile = new Label("tile");
        var pair = new Label("pair");
        var end = new Label("end");
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JAE, end);
        bfloat.begin();
        begin(lanes);
        a.bind(tile);
        a.emit(MOV, Gpr.R12, Gpr.R9);
        a.emit(MOV, Gpr.R10, Gpr.RCX);
        a.emit(MOV, Gpr.R14, Imm.of(Tiles.DEPTH / 2));
        a.bind(pair);
        row(lanes, UPPER, 0);
        row(lanes, LOWER, Long.BYTES);
        for (int part = 0; part < parts; part++) {
            bfloat.part(part, UPPER_HALF, UPPER);
            bfloat.part(part, LOWER_HALF, LOWER);
            a.emit(VPMOVZXWD, PAIR, UPPER_HALF);
            bfloat.widen(HIGH, LOWER_HALF);
            a.emit(VPORD, PAIR, PAIR, HIGH);
            lanes.store(part == 0 ? Mem.at(Gpr.R10, 0) : Mem.at(Gpr.R10, Gpr.R13, part, 0), PAIR);
        }
        a.emit(ADD, Gpr.R12, Imm.of(2 * Long.BYTES));
        a.emit(ADD, Gpr.R10, Imm.of(Tiles.ROW_BYTES));
        a.emit(DEC, Gpr.R14);
        a.emit(JNE, pair);
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE_STEP.at()));
        a.emit(ADD, Gpr.R9, Mem.at(Gpr.RDI, Argument.ROWS_STEP.at()));
        a.emit(ADD, Gpr.RCX, Mem.at(Gpr.RDI, Argument.TARGET_STEP.at()));
        a.emit(INC, Gpr.RSI);
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, tile);
        a.bind(end);
    }

    private void begin(Lanes lanes) {
        var a = lanes.assembler();
        lanes.broadcast(FACTOR, Mem.at(Gpr.RDI, Argument.FACTOR.at()));
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.RDI, Argument.COLUMNS.at()));
        a.emit(KMOVD, COLUMNS, Gpr.RAX.low32());
        if (!adjacent) {
            var numbers = new long[LANES / 2];
            for (int i = 0; i < LANES; i++) {
                numbers[i / 2] |= (long) i << (i % 2 * Integer.SIZE);
            }
            a.emit(VPBROADCASTD, PLACES, Mem.at(Gpr.RDI, Argument.COLUMN_STEP.at()));
            a.emit(VPMULLD, PLACES, PLACES, a.constant(numbers));
        }
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.ROWS.at()));
        a.emit(MOV, Gpr.RCX, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R13, Mem.at(Gpr.RDI, Argument.PART_STEP.at()));
    }

    /// d = the row whose place is so many bytes behind r12, times the factor
    private void row(Lanes lanes, Vec d, int at) {
        var a = lanes.assembler();
        var zeros = new Label("no row");
        lanes.zero(d);
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.R12, at));
        a.emit(CMP, Gpr.RAX, Imm.of(NO_ROW));
        a.emit(JE, zeros);
        if (adjacent) {
            a.emit(VMOVUPS, d.zero(COLUMNS), Mem.at(Gpr.R8, Gpr.RAX, 1, 0));
        } else {
            a.emit(ADD, Gpr.RAX, Gpr.R8);
            a.emit(KMOVD, TO_GATHER, COLUMNS);
            a.emit(VGATHERDPS, d.mask(TO_GATHER), Mem.at(Gpr.RAX, PLACES, SCALE, 0));
        }
        lanes.multiply(d, d, FACTOR);
        a.bind(zeros);
    }
}
