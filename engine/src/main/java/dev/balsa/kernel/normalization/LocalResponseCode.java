package dev.balsa.kernel.normalization;

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

/// Writes the normalisation of a part of one channel's plane by the sums of squares over neighbouring channels,
/// each taken in order; rdi points to the [Argument]s.
final class LocalResponseCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// The same part of the first of the neighbouring channels.
        WINDOW(2),
        /// How many there are, at least 1, and bytes from one to the next.
        CHANNELS(3),
        STEP(4),
        /// As a [RowLoop] wants it.
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

        private Mem told() {
            return Mem.at(Gpr.RDI, at());
        }

        static long bytes() {
            return LAST.at() + (long) Long.BYTES;
        }
    }

    /// Vectors of a block.
    static final int BLOCK = 4;

    private static final float THREE_QUARTERS = 0.75f;

    /// What the code depends on.
    ///
    /// @param weight of the sum of squares
    record Form(VectorUnit unit, float weight, float bias, float beta) {
        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_localresponse_f32 " + this;
        }
    }

    private final Form form;
    private final VectorUnit unit;
    private final Assembler a;
    private final Lanes lanes;
    private final RowLoop loop;
    private final Vec x;
    private final List<Vec> free;

    private LocalResponseCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.unit;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.loop = new RowLoop(lanes, BLOCK, Argument.LENGTH.at(), unit.register(15), Mask.K3);
        this.x = unit.register(BLOCK);
        this.free = List.of(
                unit.register(5),
                unit.register(6),
                unit.register(7),
                unit.register(8),
                unit.register(9),
                unit.register(10));
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new LocalResponseCode(assembler, form).write());
    }

    private Vec sum(int vector) {
        return unit.register(vector);
    }

    /// r8 = the part, r9 = its result, r11 = the window.
    private void write() {
        loop.prepare();
        a.emit(MOV, Gpr.R8, Argument.SOURCE.told());
        a.emit(MOV, Gpr.R9, Argument.TARGET.told());
        a.emit(MOV, Gpr.R11, Argument.WINDOW.told());
        a.emit(MOV, Gpr.R12, Argument.STEP.told());
        loop.write(this::vectors);
    }

    private void vectors(int count, boolean partly) {
        var channel = new Label("channel");
        for (int i = 0; i < count; i++) {
            lanes.zero(sum(i));
        }
        a.emit(LEA, Gpr.R10, Mem.at(Gpr.R11, Gpr.RCX, 1, 0));
        a.emit(MOV, Gpr.RBX, Argument.CHANNELS.told());
        a.bind(channel);
        for (int i = 0; i < count; i++) {
            loop.load(x, Mem.at(Gpr.R10, i * unit.bytes()), partly);
            lanes.accumulate(sum(i), x, x);
        }
        a.emit(ADD, Gpr.R10, Gpr.R12);
        a.emit(DEC, Gpr.RBX);
        a.emit(JNE, channel);
        for (int i = 0; i < count; i++) {
            int at = i * unit.bytes();
            FunctionCode.write(lanes, UnaryFunction.AFFINE, form.weight, form.bias, sum(i), free);
            loop.load(x, Mem.at(Gpr.R8, Gpr.RCX, 1, at), partly);
            divideByPower(sum(i));
            loop.store(Mem.at(Gpr.R9, Gpr.RCX, 1, at), x, partly);
        }
    }

    /// x = x / y^beta; roots are quicker than logarithms, and more exact.
    private void divideByPower(Vec y) {
        if (form.beta == THREE_QUARTERS) {
            var root = free.getFirst();
            lanes.sqrt(root, y);
            lanes.sqrt(y, root);
            lanes.multiply(y, y, root);
            lanes.divide(x, x, y);
            return;
        }
        FunctionCode.write(lanes, UnaryFunction.LOG, 0, 0, y, free);
        lanes.multiply(y, y, lanes.all(-form.beta));
        FunctionCode.write(lanes, UnaryFunction.EXP, 0, 0, y, free);
        lanes.multiply(x, x, y);
    }
}
