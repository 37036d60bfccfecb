package dev.balsa.kernel.softmax;

import static dev.balsa.asm.AvxInstruction.VADDPD;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.code.Across;
import dev.balsa.kernel.code.FunctionCode;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;

/// Writes the softmax of rows of neighbouring elements: rdx rows, at least one; rdi points to the [Argument]s.
///
/// A row is run through for its maximum, for the exponentials relative to it and their sum, and to divide. Sums
/// are taken lane by lane over [#PIECE] elements, and of these sums in double precision. Rows of one vector at
/// most stay in a register, their lanes added by halves.
///
/// NaN need not reach the maximum: its exponential makes the sum NaN, and with it the row.
final class SoftmaxRowsCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes of a row.
        STEP(2),
        /// As a [RowLoop] wants it; rows of one vector at most are all rest.
        LENGTH(3),
        LAST(3 + RowLoop.ARGUMENTS - 1);

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

    /// Vectors of a block.
    static final int BLOCK = 4;

    private static final int PIECE = 4_096;

    /// What the code depends on.
    ///
    /// @param single whether a row is one vector at most
    record Form(VectorUnit unit, boolean logarithm, boolean single) {
        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_softmax_f32 " + this;
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
    private final Vec largest;
    private final Vec sum;
    private final Vec lowest;
    private final List<Vec> free;

    private SoftmaxRowsCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.unit;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.loop = new RowLoop(lanes, BLOCK, Argument.LENGTH.at(), unit.register(15), Mask.K3);
        this.across = new Across(lanes, unit.register(12));
        this.parts = List.of(unit.register(0), unit.register(1), unit.register(2), unit.register(3));
        this.x = unit.register(4);
        this.largest = unit.register(5);
        this.sum = unit.register(6);
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
        return Routine.of(0, assembler -> new SoftmaxRowsCode(assembler, form).write());
    }

    /// r8 = the row, r9 = its result.
    private void write() {
        var row = new Label("row");
        loop.prepare();
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        lanes.load(lowest, lanes.all(Float.NEGATIVE_INFINITY));
        a.bind(row);
        if (form.single) {
            single();
        } else {
            findLargest();
            addExponentials();
            finish();
        }
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.STEP.at()));
        a.emit(ADD, Gpr.R9, Mem.at(Gpr.RDI, Argument.STEP.at()));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }

    private void single() {
        var exponential = parts.getFirst();
        loop.rest().load(x, Mem.at(Gpr.R8, 0), lowest);
        lanes.move(largest, x);
        across.floats(largest, lanes::max);
        lanes.subtract(x, x, largest);
        lanes.move(exponential, x);
        FunctionCode.expOfNegative(lanes, exponential, free);
        loop.rest().keep(exponential, exponential);
        lanes.move(sum, exponential);
        across.floats(sum, lanes::add);
        if (form.logarithm) {
            FunctionCode.write(lanes, UnaryFunction.LOG, 0, 0, sum, free);
            lanes.subtract(x, x, sum);
        } else {
            lanes.divide(x, exponential, sum);
        }
        loop.rest().store(Mem.at(Gpr.R9, 0), x);
    }

    private void findLargest() {
        parts.forEach(part -> lanes.move(part, lowest));
        loop.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                if (partly) {
                    loop.rest().load(x, at(Gpr.R8, i), lowest);
                    lanes.max(parts.get(i), parts.get(i), x);
                } else {
                    lanes.max(parts.get(i), parts.get(i), at(Gpr.R8, i));
                }
            }
        });
        lanes.move(largest, Across.together(parts, lanes::max));
        across.floats(largest, lanes::max);
    }

    private void addExponentials() {
        lanes.zero(sum);
        loop.pieces(
                PIECE,
                () -> parts.forEach(lanes::zero),
                (count, partly) -> {
                    for (int i = 0; i < count; i++) {
                        addExponential(i, partly);
                    }
                },
                () -> across.addTo(sum, parts));
        across.doubles(sum, VADDPD);
        across.round(sum, sum);
        across.broadcast(sum);
    }

    private void addExponential(int vector, boolean partly) {
        loop.load(x, at(Gpr.R8, vector), partly);
        lanes.subtract(x, x, largest);
        FunctionCode.expOfNegative(lanes, x, free);
        if (!form.logarithm) {
            loop.store(at(Gpr.R9, vector), x, partly);
        }
        if (partly) {
            loop.rest().keep(x, x);
        }
        lanes.add(parts.get(vector), parts.get(vector), x);
    }

    private void finish() {
        if (form.logarithm) {
            FunctionCode.write(lanes, UnaryFunction.LOG, 0, 0, sum, free);
        } else {
            lanes.load(x, lanes.all(1));
            lanes.divide(sum, x, sum);
        }
        loop.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                loop.load(x, at(form.logarithm ? Gpr.R8 : Gpr.R9, i), partly);
                if (form.logarithm) {
                    lanes.subtract(x, x, largest);
                    lanes.subtract(x, x, sum);
                } else {
                    lanes.multiply(x, x, sum);
                }
                loop.store(at(Gpr.R9, i), x, partly);
            }
        });
    }

    private Mem at(Gpr row, int vector) {
        return Mem.at(row, Gpr.RCX, 1, vector * unit.bytes());
    }
}
