package dev.balsa.kernel.normalization;

import static dev.balsa.asm.AvxInstruction.VMOVSS;
import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;

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
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;

/// Writes the normalisation of rows: rdx rows, at least one; rdi points to the [Argument]s.
final class RowNormCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes of a row.
        STEP(2),
        /// Those that the form asks for.
        SCALE(3),
        SHIFT(4),
        MEANS(5),
        FACTORS(6),
        /// Elements of a row, a double.
        COUNT(7),
        /// Added to the variance, a double.
        EPSILON(8),
        /// As a [RowLoop] wants it.
        LENGTH(9),
        LAST(9 + RowLoop.ARGUMENTS - 1);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        private Mem told() {
            return Mem.at(Gpr.RDI, at());
        }

        static long bytes() {
            return LAST.at() + (long) Long.BYTES;
        }
    }

    /// What the code depends on.
    ///
    /// @param centered whether the mean is subtracted
    /// @param scaled whether elements have a scale each
    /// @param shifted whether elements have a bias each
    /// @param statistics whether mean and inverse deviation are stored
    record Form(VectorUnit unit, boolean centered, boolean scaled, boolean shifted, boolean statistics) {
        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_rownorm_f32 " + this;
        }
    }

    private final Form form;
    private final Assembler a;
    private final Lanes lanes;
    private final RowLoop loop;
    private final StatisticsCode statistics;

    private RowNormCode(Assembler assembler, Form form) {
        this.form = form;
        this.a = assembler;
        this.lanes = new Lanes(assembler, form.unit);
        this.loop = new RowLoop(lanes, StatisticsCode.BLOCK, Argument.LENGTH.at(), form.unit.register(15), Mask.K3);
        this.statistics =
                new StatisticsCode(lanes, loop, form.centered, Argument.COUNT.told(), Argument.EPSILON.told());
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new RowNormCode(assembler, form).write());
    }

    /// r8 = the row, r9 = its result, r10 = the scale, r11 = the bias, r12 and r13 = where statistics go.
    private void write() {
        var row = new Label("row");
        loop.prepare();
        a.emit(MOV, Gpr.R8, Argument.SOURCE.told());
        a.emit(MOV, Gpr.R9, Argument.TARGET.told());
        a.emit(MOV, Gpr.R10, Argument.SCALE.told());
        a.emit(MOV, Gpr.R11, Argument.SHIFT.told());
        a.emit(MOV, Gpr.R12, Argument.MEANS.told());
        a.emit(MOV, Gpr.R13, Argument.FACTORS.told());
        if (!form.centered) {
            lanes.zero(statistics.mean());
        }
        a.bind(row);
        statistics.write(Gpr.R8);
        if (form.statistics) {
            store(Gpr.R12, statistics.mean());
            store(Gpr.R13, statistics.factor());
        }
        loop.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                scale(i * form.unit.bytes(), partly);
            }
        });
        a.emit(ADD, Gpr.R8, Argument.STEP.told());
        a.emit(ADD, Gpr.R9, Argument.STEP.told());
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }

    private void store(Gpr place, Vec number) {
        a.emit(VMOVSS, Mem.at(place, 0), number.as(Vec.xmm(0).bits()));
        a.emit(ADD, place, Imm.of(Float.BYTES));
    }

    private void scale(int shift, boolean partly) {
        var x = statistics.x();
        var parameter = statistics.spare();
        var bias = form.unit.register(9);
        loop.load(x, Mem.at(Gpr.R8, Gpr.RCX, 1, shift), partly);
        if (form.centered) {
            lanes.subtract(x, x, statistics.mean());
        }
        lanes.multiply(x, x, statistics.factor());
        if (form.scaled) {
            loop.load(parameter, Mem.at(Gpr.R10, Gpr.RCX, 1, shift), partly);
        }
        if (form.shifted) {
            loop.load(bias, Mem.at(Gpr.R11, Gpr.RCX, 1, shift), partly);
        }
        if (form.scaled && form.shifted) {
            lanes.scale(x, parameter, bias);
        } else if (form.scaled) {
            lanes.multiply(x, x, parameter);
        } else if (form.shifted) {
            lanes.add(x, x, bias);
        }
        loop.store(Mem.at(Gpr.R9, Gpr.RCX, 1, shift), x, partly);
    }
}
