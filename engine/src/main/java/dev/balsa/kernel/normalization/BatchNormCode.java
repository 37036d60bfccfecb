package dev.balsa.kernel.normalization;

import static dev.balsa.asm.AvxInstruction.VADDSD;
import static dev.balsa.asm.AvxInstruction.VCVTPS2PD;
import static dev.balsa.asm.AvxInstruction.VDIVSD;
import static dev.balsa.asm.AvxInstruction.VMOVSS;
import static dev.balsa.asm.AvxInstruction.VSQRTSD;
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
import dev.balsa.kernel.code.Across;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.RowLoop;
import dev.balsa.kernel.code.VectorUnit;
import java.util.List;

/// Writes the normalisation of rows by given statistics: rdx rows, at least one; rdi points to the [Argument]s.
/// Rows are either planes, each a channel with statistics of its own, or pixels, whose elements are the channels.
final class BatchNormCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes of a row.
        STEP(2),
        /// The four from the first row's channel on.
        SCALE(3),
        SHIFT(4),
        MEAN(5),
        VARIANCE(6),
        /// Added to the variance: a double for planes, a float for pixels.
        EPSILON(7),
        /// As a [RowLoop] wants it.
        LENGTH(8),
        LAST(8 + RowLoop.ARGUMENTS - 1);

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

    /// Vectors of a block.
    static final int BLOCK = 4;

    /// What the code depends on.
    ///
    /// @param pixels whether rows are pixels
    record Form(VectorUnit unit, boolean pixels) {
        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_batchnorm_f32 " + this;
        }
    }

    private static final Gpr SCALE = Gpr.R10;
    private static final Gpr SHIFT = Gpr.R11;
    private static final Gpr MEAN = Gpr.R12;
    private static final Gpr VARIANCE = Gpr.R13;
    private static final int XMM = Vec.xmm(0).bits();

    private final Form form;
    private final Assembler a;
    private final Lanes lanes;
    private final RowLoop loop;
    private final Vec x;
    private final Vec mean;
    private final Vec factor;
    private final Vec shift;
    private final Vec spare;

    private BatchNormCode(Assembler assembler, Form form) {
        var unit = form.unit;
        this.form = form;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.loop = new RowLoop(lanes, BLOCK, Argument.LENGTH.at(), unit.register(15), Mask.K3);
        this.x = unit.register(0);
        this.mean = unit.register(1);
        this.factor = unit.register(2);
        this.shift = unit.register(3);
        this.spare = unit.register(4);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new BatchNormCode(assembler, form).write());
    }

    /// r8 = the row, r9 = its result.
    private void write() {
        var row = new Label("row");
        loop.prepare();
        a.emit(MOV, Gpr.R8, Argument.SOURCE.told());
        a.emit(MOV, Gpr.R9, Argument.TARGET.told());
        a.emit(MOV, SCALE, Argument.SCALE.told());
        a.emit(MOV, SHIFT, Argument.SHIFT.told());
        a.emit(MOV, MEAN, Argument.MEAN.told());
        a.emit(MOV, VARIANCE, Argument.VARIANCE.told());
        a.bind(row);
        if (form.pixels) {
            loop.write((count, partly) -> {
                for (int i = 0; i < count; i++) {
                    pixel(i * form.unit.bytes(), partly);
                }
            });
        } else {
            plane();
        }
        a.emit(ADD, Gpr.R8, Argument.STEP.told());
        a.emit(ADD, Gpr.R9, Argument.STEP.told());
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, row);
    }

    private void plane() {
        var low = factor.as(XMM);
        var deviation = spare.as(XMM);
        a.emit(VMOVSS, deviation, Mem.at(VARIANCE, 0));
        a.emit(VCVTPS2PD, deviation, deviation);
        a.emit(VADDSD, deviation, deviation, Argument.EPSILON.told());
        a.emit(VSQRTSD, deviation, deviation, deviation);
        a.emit(VMOVSS, low, Mem.at(SCALE, 0));
        a.emit(VCVTPS2PD, low, low);
        a.emit(VDIVSD, low, low, deviation);
        var across = new Across(lanes, spare);
        across.round(factor, factor);
        across.broadcast(factor);
        lanes.broadcast(mean, Mem.at(MEAN, 0));
        lanes.broadcast(shift, Mem.at(SHIFT, 0));
        loop.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                int at = i * form.unit.bytes();
                loop.load(x, Mem.at(Gpr.R8, Gpr.RCX, 1, at), partly);
                lanes.subtract(x, x, mean);
                lanes.scale(x, factor, shift);
                loop.store(Mem.at(Gpr.R9, Gpr.RCX, 1, at), x, partly);
            }
        });
        List.of(SCALE, SHIFT, MEAN, VARIANCE).forEach(place -> a.emit(ADD, place, Imm.of(Float.BYTES)));
    }

    private void pixel(int at, boolean partly) {
        loop.load(spare, Mem.at(VARIANCE, Gpr.RCX, 1, at), partly);
        lanes.broadcast(x, Argument.EPSILON.told());
        lanes.add(spare, spare, x);
        lanes.sqrt(spare, spare);
        loop.load(factor, Mem.at(SCALE, Gpr.RCX, 1, at), partly);
        lanes.divide(factor, factor, spare);
        loop.load(mean, Mem.at(MEAN, Gpr.RCX, 1, at), partly);
        loop.load(shift, Mem.at(SHIFT, Gpr.RCX, 1, at), partly);
        loop.load(x, Mem.at(Gpr.R8, Gpr.RCX, 1, at), partly);
        lanes.subtract(x, x, mean);
        lanes.scale(x, factor, shift);
        loop.store(Mem.at(Gpr.R9, Gpr.RCX, 1, at), x, partly);
    }
}
