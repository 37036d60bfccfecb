package dev.balsa.kernel.attention;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
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

/// Writes the turn of the heads of one position: rdx heads, at least one; rdi points to the [Argument]s.
///
/// Where neighbours are pairs, the tables have an element for each of both: cosines twice, and sines less and plus.
final class RotaryCode {
    /// Vectors of a block.
    static final int BLOCK = 2;

    /// Exchanges neighbours.
    private static final int EXCHANGE = 0xB1;

    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        SOURCE(0),
        TARGET(1),
        /// Bytes from head to head.
        STEP(2),
        COSINES(3),
        SINES(4),
        /// Bytes of half of what is turned.
        HALF(5),
        /// Bytes of what is turned.
        TURNED(6),
        /// Elements of tables, as a [RowLoop] wants it.
        LENGTH(7),
        /// Elements that stay as they are, as a [RowLoop] wants it.
        STAYING(7 + RowLoop.ARGUMENTS),
        LAST(7 + 2 * RowLoop.ARGUMENTS - 1);

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
    record Form(VectorUnit unit, boolean interleaved) {
        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_rotary_f32 " + this;
        }
    }

    private final Form form;
    private final Assembler a;
    private final Lanes lanes;
    private final RowLoop turned;
    private final RowLoop staying;

    private RotaryCode(Assembler assembler, Form form) {
        this.form = form;
        this.a = assembler;
        this.lanes = new Lanes(assembler, form.unit);
        this.turned = new RowLoop(lanes, BLOCK, Argument.LENGTH.at(), form.unit.register(15), Mask.K3);
        this.staying = new RowLoop(lanes, BLOCK, Argument.STAYING.at(), form.unit.register(14), Mask.K4);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new RotaryCode(assembler, form).write());
    }

    /// r8 = the head, r9 = its result, r10 = cosines, r11 = sines, r12 and r13 = the second halves of head and result,
    /// or what stays of them.
    private void write() {
        var head = new Label("head");
        turned.prepare();
        staying.prepare();
        a.emit(MOV, Gpr.R8, Argument.SOURCE.told());
        a.emit(MOV, Gpr.R9, Argument.TARGET.told());
        a.emit(MOV, Gpr.R10, Argument.COSINES.told());
        a.emit(MOV, Gpr.R11, Argument.SINES.told());
        a.bind(head);
        if (!form.interleaved) {
            apart(Argument.HALF);
        }
        turned.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                if (form.interleaved) {
                    neighbours(i * form.unit.bytes(), partly);
                } else {
                    halves(i * form.unit.bytes(), partly);
                }
            }
        });
        apart(Argument.TURNED);
        staying.write((count, partly) -> {
            for (int i = 0; i < count; i++) {
                int shift = i * form.unit.bytes();
                staying.load(register(0), Mem.at(Gpr.R12, Gpr.RCX, 1, shift), partly);
                staying.store(Mem.at(Gpr.R13, Gpr.RCX, 1, shift), register(0), partly);
            }
        });
        a.emit(ADD, Gpr.R8, Argument.STEP.told());
        a.emit(ADD, Gpr.R9, Argument.STEP.told());
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, head);
    }

    private void apart(Argument bytes) {
        a.emit(MOV, Gpr.R12, Gpr.R8);
        a.emit(ADD, Gpr.R12, bytes.told());
        a.emit(MOV, Gpr.R13, Gpr.R9);
        a.emit(ADD, Gpr.R13, bytes.told());
    }

    private Vec register(int number) {
        return form.unit.register(number);
    }

    private void halves(int shift, boolean partly) {
        var first = register(0);
        var second = register(1);
        var cosines = register(2);
        var sines = register(3);
        var less = register(4);
        var result = register(5);
        turned.load(first, Mem.at(Gpr.R8, Gpr.RCX, 1, shift), partly);
        turned.load(second, Mem.at(Gpr.R12, Gpr.RCX, 1, shift), partly);
        turned.load(cosines, Mem.at(Gpr.R10, Gpr.RCX, 1, shift), partly);
        turned.load(sines, Mem.at(Gpr.R11, Gpr.RCX, 1, shift), partly);
        lanes.multiply(less, second, sines);
        lanes.multiply(result, first, cosines);
        lanes.subtract(result, result, less);
        turned.store(Mem.at(Gpr.R9, Gpr.RCX, 1, shift), result, partly);
        lanes.multiply(result, first, sines);
        lanes.accumulate(result, second, cosines);
        turned.store(Mem.at(Gpr.R13, Gpr.RCX, 1, shift), result, partly);
    }

    private void neighbours(int shift, boolean partly) {
        var x = register(0);
        var exchanged = register(1);
        var factor = register(2);
        turned.load(x, Mem.at(Gpr.R8, Gpr.RCX, 1, shift), partly);
        a.emit(AvxInstruction.VPERMILPS, exchanged, x, Imm.of(EXCHANGE));
        turned.load(factor, Mem.at(Gpr.R10, Gpr.RCX, 1, shift), partly);
        lanes.multiply(x, x, factor);
        turned.load(factor, Mem.at(Gpr.R11, Gpr.RCX, 1, shift), partly);
        lanes.accumulate(x, exchanged, factor);
        turned.store(Mem.at(Gpr.R9, Gpr.RCX, 1, shift), x, partly);
    }
}
