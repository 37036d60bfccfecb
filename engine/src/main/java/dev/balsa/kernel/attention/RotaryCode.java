package dev.balsa.kernel.attention;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JA;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.XOR;

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
import java.util.Optional;

/// Writes the turn of the heads of rsi positions, with rdx heads each, both at least 1; rdi points to
/// the [Argument]s.
///
/// Where positions are numbered, every number is compared with the rows of the tables; at the first
/// that has none the routine ends, and says so. Where neighbours are pairs, the row of a table is first
/// made one with an element for each of both, behind the arguments: cosines twice, and sines less and
/// plus.
final class RotaryCode {
    /// Vectors of a block.
    static final int BLOCK = 2;

    /// Exchanges neighbours.
    private static final int EXCHANGE = 0xB1;

    private static final int SIGN = 0x80000000;
    private static final int XMM = 128;
    private static final int XMM_PAIRS = XMM / Float.SIZE;

    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The first head and its result at the first position; overwritten.
        SOURCE(0),
        TARGET(1),
        /// Bytes from head to head.
        HEAD(2),
        /// Bytes from a head to that of the next position.
        POSITION(3),
        HEADS(4),
        /// The tables, or their rows at the first position if there are no numbers; then overwritten.
        COSINES(5),
        SINES(6),
        /// The first position's number, 64 bits; overwritten.
        NUMBER(7),
        /// Rows of each table.
        ROWS(8),
        /// Pairs that are turned.
        PAIRS(9),
        /// Bytes of half of what is turned: a row of a table.
        HALF(10),
        /// Bytes of what is turned.
        TURNED(11),
        /// Becomes the number of positions left, at least 1, where a number has no row; left as it is
        /// otherwise.
        BAD(12),
        /// Elements of tables, as a [RowLoop] wants it.
        LENGTH(13),
        /// Elements that stay as they are, as a [RowLoop] wants it.
        STAYING(13 + RowLoop.ARGUMENTS),
        LAST(13 + 2 * RowLoop.ARGUMENTS - 1);

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
    record Form(VectorUnit unit, boolean interleaved, boolean numbered) {
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

    /// r8 = the head, r9 = its result, r10 = cosines, r11 = sines, r12 and r13 = the second halves of
    /// head and result, or what stays of them; rdx counts heads, rsi positions.
    private void write() {
        var position = new Label("position");
        var bad = new Label("a number without row");
        var end = new Label("end");
        turned.prepare();
        staying.prepare();
        a.bind(position);
        row(bad);
        if (form.interleaved) {
            spread();
        }
        a.emit(MOV, Gpr.R8, Argument.SOURCE.told());
        a.emit(MOV, Gpr.R9, Argument.TARGET.told());
        a.emit(MOV, Gpr.RDX, Argument.HEADS.told());
        heads();
        a.emit(MOV, Gpr.RAX, Argument.POSITION.told());
        a.emit(ADD, Argument.SOURCE.told(), Gpr.RAX);
        a.emit(ADD, Argument.TARGET.told(), Gpr.RAX);
        a.emit(DEC, Gpr.RSI);
        a.emit(JNE, position);
        if (form.numbered) {
            a.emit(JMP, end);
            a.bind(bad);
            a.emit(MOV, Argument.BAD.told(), Gpr.RSI);
            a.bind(end);
        }
    }

    /// r10, r11 = the position's rows of the tables.
    private void row(Label bad) {
        a.emit(MOV, Gpr.R10, Argument.COSINES.told());
        a.emit(MOV, Gpr.R11, Argument.SINES.told());
        if (!form.numbered) {
            a.emit(MOV, Gpr.RAX, Argument.HALF.told());
            a.emit(ADD, Argument.COSINES.told(), Gpr.RAX);
            a.emit(ADD, Argument.SINES.told(), Gpr.RAX);
            return;
        }
        a.emit(MOV, Gpr.RAX, Argument.NUMBER.told());
        a.emit(MOV, Gpr.RCX, Mem.at(Gpr.RAX, 0));
        a.emit(ADD, Gpr.RAX, Imm.of(Long.BYTES));
        a.emit(MOV, Argument.NUMBER.told(), Gpr.RAX);
        // Without a sign what is negative is greater than any number of rows.
        a.emit(CMP, Gpr.RCX, Argument.ROWS.told());
        a.emit(JAE, bad);
        a.emit(IMUL, Gpr.RCX, Argument.HALF.told());
        a.emit(ADD, Gpr.R10, Gpr.RCX);
        a.emit(ADD, Gpr.R11, Gpr.RCX);
    }

    /// r10, r11 = rows with two elements for each pair, made of those.
    private void spread() {
        var several = new Label("several pairs");
        var single = new Label("single pairs");
        var done = new Label("all pairs");
        var signs = a.constant(new long[] {Integer.toUnsignedLong(SIGN), Integer.toUnsignedLong(SIGN)});
        a.emit(LEA, Gpr.R12, Mem.at(Gpr.RDI, (int) Argument.bytes()));
        a.emit(MOV, Gpr.R13, Gpr.R12);
        a.emit(ADD, Gpr.R13, Argument.TURNED.told());
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.bind(several);
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.RCX, XMM_PAIRS));
        a.emit(CMP, Gpr.RAX, Argument.PAIRS.told());
        a.emit(JA, single);
        spread(Gpr.R10, Gpr.R12, Optional.empty());
        spread(Gpr.R11, Gpr.R13, Optional.of(signs));
        a.emit(MOV, Gpr.RCX, Gpr.RAX);
        a.emit(JMP, several);
        a.bind(single);
        a.emit(CMP, Gpr.RCX, Argument.PAIRS.told());
        a.emit(JAE, done);
        for (int element = 0; element < 2; element++) {
            single(Gpr.R10, Gpr.R12, element, false);
            single(Gpr.R11, Gpr.R13, element, element == 0);
        }
        a.emit(ADD, Gpr.RCX, Imm.of(1));
        a.emit(JMP, single);
        a.bind(done);
        a.emit(MOV, Gpr.R10, Gpr.R12);
        a.emit(MOV, Gpr.R11, Gpr.R13);
    }

    private void spread(Gpr from, Gpr to, Optional<Mem> signs) {
        var x = register(0).as(XMM);
        a.emit(AvxInstruction.VMOVUPS, x, Mem.at(from, Gpr.RCX, Float.BYTES, 0));
        var low = register(1).as(XMM);
        var high = register(2).as(XMM);
        a.emit(AvxInstruction.VUNPCKLPS, low, x, x);
        a.emit(AvxInstruction.VUNPCKHPS, high, x, x);
        if (signs.isPresent()) {
            a.emit(AvxInstruction.VXORPS, low, low, signs.get());
            a.emit(AvxInstruction.VXORPS, high, high, signs.get());
        }
        a.emit(AvxInstruction.VMOVUPS, Mem.at(to, Gpr.RCX, 2 * Float.BYTES, 0), low);
        a.emit(AvxInstruction.VMOVUPS, Mem.at(to, Gpr.RCX, 2 * Float.BYTES, XMM / Byte.SIZE), high);
    }

    private void single(Gpr from, Gpr to, int element, boolean less) {
        var x = Gpr.RAX.low32();
        a.emit(MOV, x, Mem.at(from, Gpr.RCX, Float.BYTES, 0));
        if (less) {
            a.emit(XOR, x, Imm.of(SIGN));
        }
        a.emit(MOV, Mem.at(to, Gpr.RCX, 2 * Float.BYTES, element * Float.BYTES), x);
    }

    private void heads() {
        var head = new Label("head");
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
        a.emit(ADD, Gpr.R8, Argument.HEAD.told());
        a.emit(ADD, Gpr.R9, Argument.HEAD.told());
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
