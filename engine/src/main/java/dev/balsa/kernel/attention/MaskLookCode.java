package dev.balsa.kernel.attention;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMOVA;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JA;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;
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
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.VectorUnit;

/// Writes what looks for blocks of keys that masks hide from rdx rows, at least one: a word for each block
/// becomes 0 where no row sees a key of it, and another number elsewhere. rdi points to the [Argument]s.
///
/// A weight of a hidden key is 0 only if the row sees another key: where a row sees none, all blocks count.
///
/// @param kind of the mask: of floats or of bytes
record MaskLookCode(MaskKind kind) {
    /// What is added to the scores of hidden keys is not above. Models have numbers from -1e9 to negative
    /// infinity there; scores differ by much less than such a number from one that is certainly [#SEEN], so that
    /// exponentials of differences are 0. Where models have less, as -10000, keys count.
    static final float HIDDEN = -5e8f;
    /// What is added to the scores of keys that a row certainly sees is above.
    private static final float SEEN = -1e8f;

    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The first row's [RowRecord].
        ROWS(0),
        /// How many keys there are.
        KEYS(1),
        /// Keys of a block.
        BLOCK(2),
        /// The words, which are 0.
        BLOCKS(3);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        Mem in() {
            return Mem.at(Gpr.RDI, at());
        }
    }

    private static final VectorUnit UNIT = VectorUnit.of(Isa.AVX2).orElseThrow();
    /// True where the first number is less, or one is none (Intel SDM, volume 2, *CMPPS*).
    private static final int NOT_GREATER_OR_EQUAL = 0x19;

    private static final Vec COUNTS = UNIT.register(0);
    private static final Vec X = UNIT.register(1);
    private static final Vec LIMIT = UNIT.register(2);
    private static final Vec ZERO = UNIT.register(3);
    private static final Vec ROW_SEES = UNIT.register(4);
    private static final Vec SEEN_LIMIT = UNIT.register(5);
    private static final Vec Y = UNIT.register(6);

    private static final Gpr RECORD = Gpr.R9;
    private static final Gpr PLACE = Gpr.R12;
    private static final Gpr KEYS_LEFT = Gpr.R8;
    private static final Gpr COUNT = Gpr.RCX;
    private static final Gpr WORD = Gpr.R10;
    /// Not 0 if a row sees none.
    private static final Gpr IS_BLIND = Gpr.R14;

    /// Names the routine.
    String name() {
        return "avx2_attention_mask_look_" + kind;
    }

    /// The routine's code.
    byte[] write() {
        return Routine.of(0, this::write);
    }

    private void write(Assembler a) {
        var lanes = new Lanes(a, UNIT);
        var row = new Label("row");
        var sees = new Label("sees");
        lanes.load(LIMIT, lanes.all(HIDDEN));
        lanes.load(SEEN_LIMIT, lanes.all(SEEN));
        lanes.zero(ZERO);
        a.emit(MOV, RECORD, Argument.ROWS.in());
        a.emit(XOR, IS_BLIND.low32(), IS_BLIND.low32());
        a.bind(row);
        a.emit(MOV, PLACE, Mem.at(RECORD, RowRecord.MASK.at()));
        a.emit(MOV, WORD, Argument.BLOCKS.in());
        a.emit(MOV, KEYS_LEFT, Argument.KEYS.in());
        lanes.zero(ROW_SEES);
        blocks(lanes);
        test(a, ROW_SEES);
        a.emit(JNE, sees);
        a.emit(MOV, IS_BLIND.low32(), Imm.of(1));
        a.bind(sees);
        a.emit(ADD, RECORD, Imm.of(RowRecord.BYTES));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
        showAll(a);
    }

    private void blocks(Lanes lanes) {
        var a = lanes.assembler();
        var block = new Label("block");
        var hidden = new Label("hidden");
        a.bind(block);
        a.emit(MOV, COUNT, Argument.BLOCK.in());
        a.emit(CMP, COUNT, KEYS_LEFT);
        a.emit(CMOVA, COUNT, KEYS_LEFT);
        a.emit(SUB, KEYS_LEFT, COUNT);
        lanes.zero(COUNTS);
        keys(a);
        if (kind != MaskKind.ADDED) {
            a.emit(IntegerVectorInstruction.VPOR, ROW_SEES, ROW_SEES, COUNTS);
        }
        test(a, COUNTS);
        a.emit(JE, hidden);
        a.emit(MOV, Gpr.RAX.low32(), Imm.of(1));
        a.emit(MOV, Mem.at(WORD, 0), Gpr.RAX);
        a.bind(hidden);
        a.emit(ADD, WORD, Imm.of(Long.BYTES));
        a.emit(CMP, KEYS_LEFT, Imm.of(0));
        a.emit(JA, block);
    }

    /// Sets the zero flag if a vector is 0.
    private static void test(Assembler a, Vec vector) {
        a.emit(IntegerVectorInstruction.VPCMPEQB, X, vector, ZERO);
        a.emit(IntegerVectorInstruction.VPMOVMSKB, Gpr.RAX.low32(), X);
        a.emit(CMP, Gpr.RAX.low32(), Imm.of(-1));
    }

    /// Goes over rcx keys.
    private void keys(Assembler a) {
        var vector = new Label("vector");
        var rest = new Label("rest");
        var single = new Label("single key");
        var end = new Label("end of keys");
        int each = UNIT.bytes() / kind.bytes();
        a.bind(vector);
        a.emit(CMP, COUNT, Imm.of(each));
        a.emit(JB, rest);
        look(a, Mem.at(PLACE, 0));
        a.emit(ADD, PLACE, Imm.of(UNIT.bytes()));
        a.emit(SUB, COUNT, Imm.of(each));
        a.emit(JMP, vector);
        a.bind(rest);
        a.emit(TEST, COUNT, COUNT);
        a.emit(JE, end);
        a.bind(single);
        if (kind == MaskKind.ADDED) {
            a.emit(AvxInstruction.VBROADCASTSS, X, Mem.at(PLACE, 0));
        } else {
            a.emit(IntegerVectorInstruction.VPBROADCASTB, X, Mem.at(PLACE, 0));
        }
        look(a, X);
        a.emit(ADD, PLACE, Imm.of(kind.bytes()));
        a.emit(DEC, COUNT);
        a.emit(JNE, single);
        a.bind(end);
    }

    /// Notes whether a key of these counts, and whether it is seen.
    private void look(Assembler a, Operand mask) {
        switch (kind) {
            case ADDED -> {
                a.emit(AvxInstruction.VCMPPS, Y, SEEN_LIMIT, mask, Imm.of(NOT_GREATER_OR_EQUAL));
                a.emit(AvxInstruction.VCMPPS, X, LIMIT, mask, Imm.of(NOT_GREATER_OR_EQUAL));
                a.emit(AvxInstruction.VORPS, ROW_SEES, ROW_SEES, Y);
                a.emit(AvxInstruction.VORPS, COUNTS, COUNTS, X);
            }
            case SEEN -> a.emit(IntegerVectorInstruction.VPOR, COUNTS, COUNTS, mask);
            case HIDDEN -> {
                a.emit(IntegerVectorInstruction.VPCMPEQB, X, ZERO, mask);
                a.emit(IntegerVectorInstruction.VPOR, COUNTS, COUNTS, X);
            }
            case WITHIN -> throw new IllegalStateException("ranges are no mask that is looked at");
        }
    }

    private static void showAll(Assembler a) {
        var word = new Label("word");
        var end = new Label("all rows see");
        a.emit(TEST, IS_BLIND, IS_BLIND);
        a.emit(JE, end);
        a.emit(MOV, Gpr.RAX, Argument.BLOCKS.in());
        a.bind(word);
        a.emit(MOV, Mem.at(Gpr.RAX, 0), IS_BLIND);
        a.emit(ADD, Gpr.RAX, Imm.of(Long.BYTES));
        a.emit(CMP, Gpr.RAX, WORD);
        a.emit(JB, word);
        a.bind(end);
    }
}
