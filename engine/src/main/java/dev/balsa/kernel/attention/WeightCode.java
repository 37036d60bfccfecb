package dev.balsa.kernel.attention;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.MOVZX;
import static dev.balsa.asm.GeneralInstruction.SHR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.code.Across;
import dev.balsa.kernel.code.FunctionCode;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Lanes.Comparison;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;
import java.util.Optional;

/// Writes what makes weights of the scores of a block of keys: rdx rows, at least one; rdi points to the
/// [Argument]s.
///
/// The weight of a score is the exponential of what it has more than the greatest score so far. Where a block has a
/// greater one than those before, the row's sums so far are scaled to it. What a row does not see has the weight 0.
///
/// The greatest score begins with the least finite float, so that a difference from it is a number even where all
/// scores are infinitely small.
final class WeightCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The first row of scores, which weights take the place of; rows are whole vectors.
        SCORES(0),
        /// Bytes from a row to the next.
        STEP(1),
        /// The first row's [RowRecord].
        ROWS(2),
        /// The sums of results so far.
        SUMS(3),
        /// Whether there are sums yet.
        HAS_SUMS(4),
        /// Bytes from the mask of the first key to that of the block's first.
        MASK_AT(5),
        /// Bytes of a row up to which weights are used.
        END(6),
        /// As a [RowLoop] wants it, where all rows see the whole block.
        LENGTH(7),
        LAST(7 + RowLoop.ARGUMENTS - 1);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        static long bytes() {
            return LAST.at() + (long) Long.BYTES;
        }
    }

    /// Vectors of a block of a row.
    static final int BLOCK = 4;

    private static final int REST = 2 * Long.BYTES;

    /// What the code depends on.
    ///
    /// @param mask what a mask means, if there is one
    /// @param hidden the score of a key that a mask of truth values hides
    /// @param varies whether rows see more or fewer keys
    record Form(float scale, float cap, Optional<MaskKind> mask, float hidden, boolean varies, SumRows sums) {
        /// Names the routine; equal names are equal code.
        String name() {
            return sums.unit().isa().label() + "_attention_weights_f32 " + this;
        }

        /// Whether the greatest score is that of the greatest product, so that scores need not be stored.
        private boolean isPlain() {
            return mask.isEmpty() && cap == 0 && scale > 0;
        }
    }

    private final Form form;
    private final VectorUnit unit;
    private final Assembler a;
    private final Lanes lanes;
    private final RowLoop loop;
    private final Across across;
    private final List<Vec> parts;
    private final Vec x;
    private final Vec greatest;
    private final Vec spare;
    private final Vec lowest;
    private final List<Vec> free;

    private WeightCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.sums.unit();
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.loop = new RowLoop(lanes, BLOCK, Argument.LENGTH.at(), unit.register(15), Mask.K3);
        this.across = new Across(lanes, unit.register(12));
        this.parts = List.of(unit.register(0), unit.register(1), unit.register(2), unit.register(3));
        this.x = unit.register(4);
        this.greatest = unit.register(5);
        this.spare = unit.register(6);
        this.lowest = unit.register(7);
        this.free = List.of(
                unit.register(8),
                unit.register(9),
                unit.register(10),
                unit.register(11),
                unit.register(13),
                unit.register(14));
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(form.sums.unit().bytes(), assembler -> new WeightCode(assembler, form).write());
    }

    private static Mem argument(Argument argument) {
        return Mem.at(Gpr.RDI, argument.at());
    }

    private static Mem record(RowRecord part) {
        return Mem.at(Gpr.R9, part.at());
    }

    /// r8 = the row of scores, r9 = its record, r12 = its mask.
    private void write() {
        var row = new Label("row");
        lanes.load(lowest, lanes.all(Float.NEGATIVE_INFINITY));
        a.emit(MOV, Gpr.R8, argument(Argument.SCORES));
        a.emit(MOV, Gpr.R9, argument(Argument.ROWS));
        form.sums.begin(a, argument(Argument.SUMS));
        if (!form.varies) {
            loop.prepare();
        }
        a.bind(row);
        form.sums.at(a, record(RowRecord.SUMS));
        if (form.varies) {
            for (int i = 0; i < RowLoop.ARGUMENTS; i++) {
                a.emit(MOV, Gpr.RAX, record(RowRecord.LENGTH).plus(i * Long.BYTES));
                a.emit(MOV, argument(Argument.LENGTH).plus(i * Long.BYTES), Gpr.RAX);
            }
            loop.prepare();
        }
        if (form.mask.isPresent()) {
            a.emit(MOV, Gpr.R12, record(RowRecord.MASK));
            a.emit(ADD, Gpr.R12, argument(Argument.MASK_AT));
        }
        findGreatest();
        scaleSums();
        exponentials();
        if (form.varies) {
            hideRest();
        }
        a.emit(ADD, Gpr.R8, argument(Argument.STEP));
        a.emit(ADD, Gpr.R9, Imm.of(RowRecord.BYTES));
        form.sums.next(a);
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }

    private Mem at(int vector) {
        return Mem.at(Gpr.R8, Gpr.RCX, 1, vector * unit.bytes());
    }

    private void findGreatest() {
        parts.forEach(part -> lanes.move(part, lowest));
        loop.write((count, partly) -> {
            if (form.isPlain()) {
                for (int i = 0; i < count; i++) {
                    if (partly) {
                        loop.rest().load(x, at(i), lowest);
                        lanes.max(parts.get(i), parts.get(i), x);
                    } else {
                        lanes.max(parts.get(i), parts.get(i), at(i));
                    }
                }
                return;
            }
            if (form.mask.isPresent() && form.mask.get().bytes() == 1) {
                a.emit(MOV, Gpr.RAX, Gpr.RCX);
                a.emit(SHR, Gpr.RAX, Imm.of(2));
            }
            for (int i = 0; i < count; i++) {
                score(i, partly);
                lanes.max(parts.get(i), parts.get(i), x);
            }
        });
        lanes.move(greatest, Across.together(parts, lanes::max));
        across.floats(greatest, lanes::max);
        if (form.isPlain()) {
            lanes.multiply(greatest, greatest, lanes.all(form.scale));
        }
    }

    /// x = a vector of scores, which takes the place of products.
    private void score(int vector, boolean partly) {
        lanes.load(x, at(vector));
        if (form.cap > 0) {
            lanes.multiply(x, x, lanes.all(form.scale / form.cap));
            FunctionCode.write(lanes, UnaryFunction.TANH, 0, 0, x, free);
            lanes.multiply(x, x, lanes.all(form.cap));
        } else {
            lanes.multiply(x, x, lanes.all(form.scale));
        }
        form.mask.ifPresent(kind -> mask(kind, vector, partly));
        if (partly) {
            lanes.move(spare, x);
            loop.rest().blend(x, spare, lowest);
        }
        lanes.store(at(vector), x);
    }

    private void mask(MaskKind kind, int vector, boolean partly) {
        switch (kind) {
            case ADDED -> {
                var place = Mem.at(Gpr.R12, Gpr.RCX, 1, vector * unit.bytes());
                if (partly) {
                    loop.rest().load(spare, place);
                    lanes.add(x, x, spare);
                } else {
                    lanes.add(x, x, place);
                }
            }
            case SEEN -> {
                loadBytes(vector, partly);
                lanes.select(x, spare, Comparison.EQUAL, lanes.all(0), lanes.all(form.hidden), x, free.getFirst());
            }
            case HIDDEN -> {
                loadBytes(vector, partly);
                lanes.load(free.get(1), lanes.all(form.hidden));
                lanes.select(x, spare, Comparison.EQUAL, lanes.all(0), x, free.get(1), free.getFirst());
            }
            case WITHIN -> {
                // Other keys are left out before.
            }
        }
    }

    /// The bytes of a mask as floats; rax is the way into the row in bytes.
    private void loadBytes(int vector, boolean partly) {
        var place = Mem.at(Gpr.R12, Gpr.RAX, 1, vector * unit.lanes());
        if (partly) {
            // Nothing behind the row may be read.
            var single = new Label("byte");
            a.emit(LEA, Gpr.R13, place);
            a.emit(MOV, Gpr.RBX, argument(Argument.LENGTH).plus(REST));
            a.bind(single);
            a.emit(MOVZX, Gpr.RAX.low32(), Mem.at(Gpr.R13, Gpr.RBX, 1, -1).sized(Byte.SIZE));
            a.emit(MOV, Mem.at(Gpr.RSP, Gpr.RBX, 1, -1), Gpr.RAX.low8());
            a.emit(DEC, Gpr.RBX);
            a.emit(JNE, single);
            place = Mem.at(Gpr.RSP, 0);
        }
        a.emit(IntegerVectorInstruction.VPMOVZXBD, spare, place);
        a.emit(AvxInstruction.VCVTDQ2PS, spare, spare);
    }

    /// greatest = the greatest of it and the one so far; what is summed so far is scaled if they differ.
    private void scaleSums() {
        var same = new Label("greatest as before");
        var noSums = new Label("no sums yet");
        lanes.broadcast(x, record(RowRecord.GREATEST));
        lanes.max(greatest, greatest, x);
        a.emit(MOV, Gpr.RAX.low32(), record(RowRecord.GREATEST));
        a.emit(
                AvxInstruction.VMOVSS,
                record(RowRecord.GREATEST),
                greatest.as(Vec.xmm(0).bits()));
        a.emit(CMP, argument(Argument.HAS_SUMS).sized(Long.SIZE), Imm.of(0));
        a.emit(JE, noSums);
        a.emit(CMP, Gpr.RAX.low32(), record(RowRecord.GREATEST));
        a.emit(JE, same);
        lanes.subtract(x, x, greatest);
        FunctionCode.expOfNegative(lanes, x, free);
        lanes.broadcast(spare, record(RowRecord.SUM));
        lanes.multiply(spare, spare, x);
        a.emit(AvxInstruction.VMOVSS, record(RowRecord.SUM), spare.as(Vec.xmm(0).bits()));
        form.sums.forEach((place, vector) -> {
            var part = parts.get(vector % parts.size());
            lanes.multiply(part, x, place);
            lanes.store(place, part);
        });
        a.bind(same);
        a.bind(noSums);
    }

    private void exponentials() {
        parts.forEach(lanes::zero);
        var factor = free.get(4);
        var shift = free.get(5);
        if (form.isPlain()) {
            lanes.load(factor, lanes.all(form.scale));
            lanes.zero(shift);
            lanes.subtract(shift, shift, greatest);
        }
        loop.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                if (partly && form.isPlain()) {
                    loop.rest().load(x, at(i), lowest);
                } else {
                    lanes.load(x, at(i));
                }
                if (form.isPlain()) {
                    lanes.scale(x, factor, shift);
                } else {
                    lanes.subtract(x, x, greatest);
                }
                FunctionCode.expOfNegative(lanes, x, free);
                lanes.store(at(i), x);
                lanes.add(parts.get(i), parts.get(i), x);
            }
        });
        var sum = Across.together(parts, lanes::add);
        across.floats(sum, lanes::add);
        lanes.broadcast(x, record(RowRecord.SUM));
        lanes.add(x, x, sum);
        a.emit(AvxInstruction.VMOVSS, record(RowRecord.SUM), x.as(Vec.xmm(0).bits()));
    }

    /// Weights behind those of the row's keys become 0.
    private void hideRest() {
        var noRest = new Label("no rest");
        var vector = new Label("hidden vector");
        var done = new Label("hidden");
        a.emit(MOV, Gpr.RCX, argument(Argument.LENGTH).plus(Long.BYTES));
        a.emit(CMP, argument(Argument.LENGTH).plus(REST).sized(Long.SIZE), Imm.of(0));
        a.emit(JE, noRest);
        a.emit(ADD, Gpr.RCX, Imm.of(unit.bytes()));
        a.bind(noRest);
        lanes.zero(x);
        a.emit(CMP, Gpr.RCX, argument(Argument.END));
        a.emit(JAE, done);
        a.bind(vector);
        lanes.store(at(0), x);
        a.emit(ADD, Gpr.RCX, Imm.of(unit.bytes()));
        a.emit(CMP, Gpr.RCX, argument(Argument.END));
        a.emit(JB, vector);
        a.bind(done);
    }
}
