package dev.balsa.kernel.softmax;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.UnaryFunction;
import dev.balsa.kernel.code.FunctionCode;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;

/// Writes the softmax of columns, neighbouring ones lane by lane: rdx matrices, at least one; rdi points to the
/// [Argument]s. A few vectors of columns are run through for their maxima, for exponentials and their sums, in
/// order, and to divide.
///
/// NaN need not reach the maximum: its exponential makes the sum NaN, and with it the column.
final class SoftmaxColumnsCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Elements of a column, at least 1.
        COUNT(2),
        /// Bytes from an element of a column to the next.
        STEP(3),
        /// Bytes from a matrix to the next.
        MATRIX_STEP(4),
        /// How many columns, as a [RowLoop] wants it.
        LENGTH(5),
        LAST(5 + RowLoop.ARGUMENTS - 1);

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

    /// What the code depends on.
    record Form(VectorUnit unit, boolean logarithm) {
        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_softmax_columns_f32 " + this;
        }
    }

    private final Form form;
    private final VectorUnit unit;
    private final Assembler a;
    private final Lanes lanes;
    private final RowLoop loop;
    private final Vec x;
    private final List<Vec> free;

    private SoftmaxColumnsCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.unit;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.loop = new RowLoop(lanes, BLOCK, Argument.LENGTH.at(), unit.register(15), Mask.K3);
        this.x = unit.register(2 * BLOCK);
        this.free = List.of(
                unit.register(9),
                unit.register(10),
                unit.register(11),
                unit.register(12),
                unit.register(13),
                unit.register(14));
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new SoftmaxColumnsCode(assembler, form).write());
    }

    private Vec largest(int vector) {
        return unit.register(vector);
    }

    private Vec sum(int vector) {
        return unit.register(BLOCK + vector);
    }

    /// r8 = the matrix, r9 = its result.
    private void write() {
        var matrix = new Label("matrix");
        loop.prepare();
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R12, Mem.at(Gpr.RDI, Argument.STEP.at()));
        a.bind(matrix);
        loop.write(this::columns);
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.MATRIX_STEP.at()));
        a.emit(ADD, Gpr.R9, Mem.at(Gpr.RDI, Argument.MATRIX_STEP.at()));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, matrix);
    }

    private void columns(int count, boolean partly) {
        for (int i = 0; i < count; i++) {
            lanes.load(largest(i), lanes.all(Float.NEGATIVE_INFINITY));
            lanes.zero(sum(i));
        }
        down(() -> {
            for (int i = 0; i < count; i++) {
                if (partly) {
                    loop.load(x, at(Gpr.R10, i), true);
                    lanes.max(largest(i), largest(i), x);
                } else {
                    lanes.max(largest(i), largest(i), at(Gpr.R10, i));
                }
            }
        });
        down(() -> {
            for (int i = 0; i < count; i++) {
                loop.load(x, at(Gpr.R10, i), partly);
                lanes.subtract(x, x, largest(i));
                FunctionCode.expOfNegative(lanes, x, free);
                if (!form.logarithm) {
                    loop.store(at(Gpr.R11, i), x, partly);
                }
                lanes.add(sum(i), sum(i), x);
            }
        });
        for (int i = 0; i < count; i++) {
            if (form.logarithm) {
                FunctionCode.write(lanes, UnaryFunction.LOG, 0, 0, sum(i), free);
            } else {
                lanes.load(x, lanes.all(1));
                lanes.divide(sum(i), x, sum(i));
            }
        }
        down(() -> {
            for (int i = 0; i < count; i++) {
                finish(i, partly);
            }
        });
    }

    private void finish(int vector, boolean partly) {
        if (form.logarithm) {
            loop.load(x, at(Gpr.R10, vector), partly);
            lanes.subtract(x, x, largest(vector));
            lanes.subtract(x, x, sum(vector));
        } else {
            loop.load(x, at(Gpr.R11, vector), partly);
            lanes.multiply(x, x, sum(vector));
        }
        loop.store(at(Gpr.R11, vector), x, partly);
    }

    /// Goes down the columns from rcx on: r10 is at each element of the first in turn, r11 at its result.
    private void down(Runnable inside) {
        var element = new Label("element");
        a.emit(LEA, Gpr.R10, Mem.at(Gpr.R8, Gpr.RCX, 1, 0));
        a.emit(LEA, Gpr.R11, Mem.at(Gpr.R9, Gpr.RCX, 1, 0));
        a.emit(MOV, Gpr.RBX, Mem.at(Gpr.RDI, Argument.COUNT.at()));
        a.align(16);
        a.bind(element);
        inside.run();
        a.emit(ADD, Gpr.R10, Gpr.R12);
        a.emit(ADD, Gpr.R11, Gpr.R12);
        a.emit(DEC, Gpr.RBX);
        a.emit(JNE, element);
    }

    private Mem at(Gpr place, int vector) {
        return Mem.at(place, vector * unit.bytes());
    }
}
