package dev.balsa.kernel.pool;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JA;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.SHL;
import static dev.balsa.asm.GeneralInstruction.TEST;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Lanes.Comparison;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.VectorUnit;

/// Writes the code that makes pixels of channels of windows of pixels, for the vectors of channels from rsi to rdx
/// (exclusive); rdi points to the [Argument]s. The windows of a call are alike but for where they are. Means are
/// summed up row by row, and rows of sums then, so that errors do not grow with the size of the window but with
/// its sides.
final class PoolCode {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// The first window's first position that is in the image.
        SOURCE(0),
        TARGET(1),
        /// Positions that are in the image, down and across.
        ROWS(2),
        COLUMNS(3),
        /// Bytes from a position to the one below, and to the one beside.
        ROW_STEP(4),
        COLUMN_STEP(5),
        /// What sums are divided by, a float.
        DIVISOR(6),
        /// How many windows there are, at least 1, and bytes from one to the next, and from its target to the next.
        WINDOWS(7),
        WINDOW_STEP(8),
        TARGET_STEP(9);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        static long bytes() {
            return (long) values().length * Long.BYTES;
        }
    }

    private static final int BLOCK = 4;

    /// What the code depends on.
    ///
    /// @param input how the image is stored
    /// @param output how what is made of it is stored
    record Form(VectorUnit unit, PoolFunction function, int channels, Storage input, Storage output) {
        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_pool_f32 " + function + " of " + lastLanes() + " lanes after " + whole()
                    + " from " + input + " to " + output;
        }

        private int whole() {
            return channels / unit.lanes();
        }

        private int lastLanes() {
            return channels % unit.lanes();
        }
    }

    private final Form form;
    private final VectorUnit unit;
    private final boolean max;
    private final Assembler a;
    private final Lanes lanes;

    private PoolCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.unit;
        this.max = form.function == PoolFunction.MAX;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new PoolCode(assembler, form).write());
    }

    private Vec result(int vector) {
        return unit.register(vector);
    }

    /// Of a row, for means; what was not a number, for maxima.
    private Vec second(int vector) {
        return unit.register(BLOCK + vector);
    }

    private Vec spare(int index) {
        return unit.register(2 * BLOCK + index);
    }

    /// rbx = the first vector, r13 = the window, r14 = its target, r15 = windows left.
    private void write() {
        if (form.lastLanes() > 0) {
            lanes.chooseFirst(form.lastLanes());
        }
        var window = new Label("window");
        a.emit(MOV, Gpr.RBX, Gpr.RSI);
        a.emit(MOV, Gpr.R13, Mem.at(Gpr.RDI, Argument.SOURCE.at()));
        a.emit(MOV, Gpr.R14, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RDI, Argument.WINDOWS.at()));
        a.emit(MOV, Gpr.R12, Mem.at(Gpr.RDI, Argument.COLUMN_STEP.at()));
        a.bind(window);
        window();
        a.emit(MOV, Gpr.RSI, Gpr.RBX);
        a.emit(ADD, Gpr.R13, Mem.at(Gpr.RDI, Argument.WINDOW_STEP.at()));
        a.emit(ADD, Gpr.R14, Mem.at(Gpr.RDI, Argument.TARGET_STEP.at()));
        a.emit(DEC, Gpr.R15);
        a.emit(JNE, window);
    }

    private void window() {
        int last = form.lastLanes();
        var blocks = new Label("blocks");
        var singles = new Label("singles");
        var end = new Label("end");
        var partly = new Label("partly");
        a.bind(blocks);
        a.emit(LEA, Gpr.RAX, Mem.at(Gpr.RSI, BLOCK));
        a.emit(CMP, Gpr.RAX, Gpr.RDX);
        a.emit(JA, singles);
        a.emit(CMP, Gpr.RAX, Imm.of(form.whole()));
        a.emit(JA, singles);
        vectors(BLOCK, unit.lanes());
        a.emit(ADD, Gpr.RSI, Imm.of(BLOCK));
        a.emit(JMP, blocks);
        a.bind(singles);
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JAE, end);
        a.emit(CMP, Gpr.RSI, Imm.of(form.whole()));
        a.emit(JAE, partly);
        vectors(1, unit.lanes());
        a.emit(ADD, Gpr.RSI, Imm.of(1));
        a.emit(JMP, singles);
        a.bind(partly);
        if (last > 0) {
            vectors(1, last);
        }
        a.bind(end);
    }

    /// rcx = channels before the vectors; r8 walks down, r9 across; r10 and r11 count.
    private void vectors(int count, int lastLanes) {
        var row = new Label("row");
        var column = new Label("column");
        var done = new Label("done");
        for (int i = 0; i < count; i++) {
            if (max) {
                lanes.load(result(i), lanes.all(Float.NEGATIVE_INFINITY));
                lanes.zero(second(i));
            } else {
                lanes.zero(result(i));
            }
        }
        a.emit(MOV, Gpr.RCX, Gpr.RSI);
        a.emit(SHL, Gpr.RCX, Imm.of(Integer.numberOfTrailingZeros(unit.lanes())));
        a.emit(LEA, Gpr.R8, Mem.at(Gpr.R13, Gpr.RCX, form.input.bytes(), 0));
        a.emit(MOV, Gpr.R10, Mem.at(Gpr.RDI, Argument.ROWS.at()));
        a.emit(TEST, Gpr.R10, Gpr.R10);
        a.emit(JE, done);
        a.bind(row);
        a.emit(MOV, Gpr.R9, Gpr.R8);
        a.emit(MOV, Gpr.R11, Mem.at(Gpr.RDI, Argument.COLUMNS.at()));
        for (int i = 0; i < count && !max; i++) {
            lanes.zero(second(i));
        }
        a.bind(column);
        for (int i = 0; i < count; i++) {
            take(i, lastLanes);
        }
        a.emit(ADD, Gpr.R9, Gpr.R12);
        a.emit(DEC, Gpr.R11);
        a.emit(JNE, column);
        for (int i = 0; i < count && !max; i++) {
            lanes.add(result(i), result(i), second(i));
        }
        a.emit(ADD, Gpr.R8, Mem.at(Gpr.RDI, Argument.ROW_STEP.at()));
        a.emit(DEC, Gpr.R10);
        a.emit(JNE, row);
        a.bind(done);
        if (!max) {
            lanes.broadcast(spare(0), Mem.at(Gpr.RDI, Argument.DIVISOR.at()));
        }
        for (int i = 0; i < count; i++) {
            finish(i, lastLanes);
        }
    }

    private void take(int vector, int lastLanes) {
        var place = Mem.at(Gpr.R9, vector * unit.lanes() * form.input.bytes());
        boolean whole = lastLanes == unit.lanes();
        if (!max && whole && form.input == Storage.FLOATS) {
            lanes.add(second(vector), second(vector), place);
            return;
        }
        lanes.loadFirst(spare(0), place, lastLanes, form.input);
        if (max) {
            lanes.max(result(vector), spare(0), result(vector));
            lanes.select(second(vector), spare(0), Comparison.UNORDERED, spare(0), spare(0), second(vector), spare(1));
        } else {
            lanes.add(second(vector), second(vector), spare(0));
        }
    }

    private void finish(int vector, int lastLanes) {
        var x = result(vector);
        if (max) {
            lanes.select(x, second(vector), Comparison.UNORDERED, second(vector), second(vector), x, spare(1));
        } else {
            lanes.divide(x, x, spare(0));
        }
        int bytes = form.output.bytes();
        var place = Mem.at(Gpr.R14, Gpr.RCX, bytes, vector * unit.lanes() * bytes);
        lanes.storeFirst(place, x, lastLanes, form.output, spare(1));
    }
}
