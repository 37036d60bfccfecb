package dev.balsa.kernel.normalization;

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
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;

/// Writes the normalisation of groups of planes, which have a scale and a bias each: rdx groups, at least one; rdi
/// points to the [Argument]s.
final class GroupNormCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Of the first group's first plane.
        SCALE(2),
        SHIFT(3),
        /// Planes of a group, at least 1.
        CHANNELS(4),
        /// Bytes of a plane.
        STEP(5),
        /// Elements of a group, a double.
        COUNT(6),
        /// Added to the variance, a double.
        EPSILON(7),
        /// Of a group, as a [RowLoop] wants it.
        LENGTH(8),
        /// Of a plane, likewise.
        PLANE(8 + RowLoop.ARGUMENTS),
        LAST(8 + 2 * RowLoop.ARGUMENTS - 1);

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
    /// @param perGroup whether there is one scale and bias for all planes of a group
    record Form(VectorUnit unit, boolean perGroup) {
        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_groupnorm_f32 " + this;
        }
    }

    private final Form form;
    private final Assembler a;
    private final Lanes lanes;
    private final RowLoop group;
    private final RowLoop plane;
    private final StatisticsCode statistics;

    private GroupNormCode(Assembler assembler, Form form) {
        var unit = form.unit;
        this.form = form;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.group = new RowLoop(lanes, StatisticsCode.BLOCK, Argument.LENGTH.at(), unit.register(15), Mask.K3);
        this.plane = new RowLoop(lanes, StatisticsCode.BLOCK, Argument.PLANE.at(), unit.register(13), Mask.K4);
        this.statistics = new StatisticsCode(lanes, group, true, Argument.COUNT.told(), Argument.EPSILON.told());
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new GroupNormCode(assembler, form).write());
    }

    /// r8 = the plane, r9 = its result, r10 = its scale, r11 = its bias, r12 = planes left in the group.
    private void write() {
        var next = new Label("group");
        var channel = new Label("channel");
        group.prepare();
        plane.prepare();
        a.emit(MOV, Gpr.R8, Argument.SOURCE.told());
        a.emit(MOV, Gpr.R9, Argument.TARGET.told());
        a.emit(MOV, Gpr.R10, Argument.SCALE.told());
        a.emit(MOV, Gpr.R11, Argument.SHIFT.told());
        a.bind(next);
        statistics.write(Gpr.R8);
        a.emit(MOV, Gpr.R12, Argument.CHANNELS.told());
        a.bind(channel);
        scale();
        a.emit(ADD, Gpr.R8, Argument.STEP.told());
        a.emit(ADD, Gpr.R9, Argument.STEP.told());
        if (!form.perGroup) {
            nextParameter();
        }
        a.emit(DEC, Gpr.R12);
        a.emit(JNE, channel);
        if (form.perGroup) {
            nextParameter();
        }
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, next);
    }

    private void nextParameter() {
        a.emit(ADD, Gpr.R10, Imm.of(Float.BYTES));
        a.emit(ADD, Gpr.R11, Imm.of(Float.BYTES));
    }

    private void scale() {
        var x = statistics.x();
        var factor = statistics.spare();
        var shift = form.unit.register(9);
        lanes.broadcast(factor, Mem.at(Gpr.R10, 0));
        lanes.multiply(factor, factor, statistics.factor());
        lanes.broadcast(shift, Mem.at(Gpr.R11, 0));
        plane.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                int at = i * form.unit.bytes();
                plane.load(x, Mem.at(Gpr.R8, Gpr.RCX, 1, at), partly);
                lanes.subtract(x, x, statistics.mean());
                lanes.scale(x, factor, shift);
                plane.store(Mem.at(Gpr.R9, Gpr.RCX, 1, at), x, partly);
            }
        });
    }
}
