package dev.balsa.kernel.conv;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.SumResult;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.OperandPlaces;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.SumCode;
import dev.balsa.kernel.code.VectorUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Writes the code of a depthwise convolution: some neighbouring pixels of an output row by some vectors of
/// channels are summed up in registers over the window, then passed through the epilogue and stored. A row of the
/// window is written out position by position; a loop goes over those rows of it that are in the image, as a table
/// tells.
///
/// The routine makes tiles for the pixels from rsi to rdx, whose number is a multiple of the tile's, and whose
/// windows all have the same columns in the image; rdi points to the [Argument]s, addresses for the row's pixel 0.
/// Weights are packed in blocks of as many channels as are summed up at once: per position of the window a vector
/// or two.
final class DepthwiseCode {
    /// What a routine is told, in this order.
    enum Argument implements RoutineArgument {
        /// Where the window's first position is or, outside of the image, would be.
        INPUT(0),
        WEIGHTS(1),
        OUTPUT(2),
        /// For each row of the window that is in the image: bytes from `INPUT`, and bytes from the
        /// weights of the window's first row in a block of one vector.
        ROWS(3),
        ROWS_END(4),
        /// The routine's own: the last pixel's end.
        END(5),
        /// The epilogue's operands, in the order in which its stages name them.
        OPERANDS(6);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        static int operand(int index) {
            return OPERANDS.at() + index * Long.BYTES;
        }
    }

    /// What the code depends on.
    ///
    /// @param pixels of a tile
    /// @param channels in all
    /// @param rows of the window, in all
    /// @param columns of the window, in all
    /// @param first the first column of the window that is in the image
    /// @param end the column behind the last one
    /// @param columnStep bytes from a column of the window to the next
    /// @param pixelStep bytes from an output pixel's window to the next one's
    /// @param outputStep elements from an output pixel to the next
    /// @param stages of the epilogue
    /// @param integers what becomes of sums that are integers
    record Form(
            VectorUnit unit,
            int pixels,
            int channels,
            int rows,
            int columns,
            int first,
            int end,
            int columnStep,
            int pixelStep,
            int outputStep,
            List<Stage> stages,
            Optional<SumResult> integers) {
        private static final int MOST_WRITTEN_OUT = 25;

        /// Copies the list.
        Form {
            stages = List.copyOf(stages);
        }

        /// Names the routine; equal names are equal code.
        String name() {
            return unit.isa().label() + "_depthwise_f32 " + this;
        }

        /// The most pixels of a tile: with two vectors of channels they leave half of 16 registers free.
        static int mostPixels() {
            return 4;
        }

        /// The vectors of channels of each block, in order.
        List<Integer> blocks() {
            var blocks = new ArrayList<Integer>();
            int vectors = Math.ceilDiv(channels, unit.lanes());
            for (int left = vectors; left > 0; left -= 2) {
                blocks.add(Math.min(2, left));
            }
            return blocks;
        }

        /// Whether the few rows of the window are written out: with integers the table has all of them, always.
        boolean isWrittenOut() {
            return integers.isPresent() && rows * columns <= MOST_WRITTEN_OUT;
        }

        int resultBytes() {
            return integers.map(SumResult::bytes).orElse(Float.BYTES);
        }

        /// How many lanes of the last vector are channels.
        int lastLanes() {
            return channels - (Math.ceilDiv(channels, unit.lanes()) - 1) * unit.lanes();
        }
    }

    private final Form form;
    private final VectorUnit unit;
    private final Assembler a;
    private final Lanes lanes;
    private final List<Integer> operands;

    private DepthwiseCode(Assembler assembler, Form form) {
        this.form = form;
        this.unit = form.unit;
        this.a = assembler;
        this.lanes = new Lanes(assembler, unit);
        this.operands = StageCode.operands(form.stages);
    }

    /// The routine's code.
    static byte[] write(Form form) {
        return Routine.of(0, assembler -> new DepthwiseCode(assembler, form).write());
    }

    private Vec sum(int pixel, int vector) {
        return unit.register(pixel * 2 + vector);
    }

    private Vec spare(int index) {
        return unit.register(form.pixels * 2 + index);
    }

    /// r8 = windows of the tile's first pixel, rbx = its result, r9 = weights of the block, rcx = channels
    /// done; r15 walks along the table of rows, rax and rdx are windows and weights of one.
    private void write() {
        if (form.lastLanes() < unit.lanes()) {
            lanes.chooseFirst(form.lastLanes());
        }
        a.emit(MOV, Gpr.R8, Mem.at(Gpr.RDI, Argument.INPUT.at()));
        a.emit(MOV, Gpr.RBX, Mem.at(Gpr.RDI, Argument.OUTPUT.at()));
        for (int i = 0; i < operands.size(); i++) {
            a.emit(MOV, OperandPlaces.BASES.get(i), Mem.at(Gpr.RDI, Argument.operand(i)));
        }
        skipTo();
        a.emit(MOV, Mem.at(Gpr.RDI, Argument.END.at()), Gpr.RDX);
        var tile = new Label("tile");
        a.bind(tile);
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.WEIGHTS.at()));
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        var blocks = form.blocks();
        boolean plainEnd = form.lastLanes() == unit.lanes() && blocks.getLast() == 2;
        int repeated = plainEnd ? blocks.size() : blocks.size() - 1;
        if (repeated > 0) {
            var channels = new Label("channels");
            a.align(32);
            a.bind(channels);
            block(2, unit.lanes());
            a.emit(ADD, Gpr.RCX, Imm.of(2L * unit.lanes()));
            a.emit(ADD, Gpr.R9, Imm.of(2L * unit.bytes() * form.rows * form.columns));
            a.emit(CMP, Gpr.RCX, Imm.of(2L * unit.lanes() * repeated));
            a.emit(JB, channels);
        }
        if (!plainEnd) {
            block(blocks.getLast(), form.lastLanes());
        }
        advance();
        a.emit(ADD, Gpr.RSI, Imm.of(form.pixels));
        a.emit(CMP, Gpr.RSI, Mem.at(Gpr.RDI, Argument.END.at()));
        a.emit(JB, tile);
    }

    private int pixelBytes() {
        return form.outputStep * form.resultBytes();
    }

    private int operandBytes() {
        return form.outputStep * Float.BYTES;
    }

    /// From the row's first pixel to pixel rsi.
    private void skipTo() {
        a.emit(IMUL, Gpr.RAX, Gpr.RSI, Imm.of(form.pixelStep));
        a.emit(ADD, Gpr.R8, Gpr.RAX);
        a.emit(IMUL, Gpr.RAX, Gpr.RSI, Imm.of(pixelBytes()));
        a.emit(ADD, Gpr.RBX, Gpr.RAX);
        a.emit(IMUL, Gpr.RAX, Gpr.RSI, Imm.of(operandBytes()));
        forEachFull(register -> a.emit(ADD, register, Gpr.RAX));
    }

    private void advance() {
        a.emit(ADD, Gpr.R8, Imm.of((long) form.pixels * form.pixelStep));
        a.emit(ADD, Gpr.RBX, Imm.of((long) form.pixels * pixelBytes()));
        forEachFull(register -> a.emit(ADD, register, Imm.of((long) form.pixels * operandBytes())));
    }

    private void forEachFull(Consumer<Gpr> action) {
        for (int i = 0; i < operands.size(); i++) {
            if (OperandPlaces.isFull(form.stages, operands.get(i))) {
                action.accept(OperandPlaces.BASES.get(i));
            }
        }
    }

    private void block(int vectors, int lastLanes) {
        for (int pixel = 0; pixel < form.pixels; pixel++) {
            for (int vector = 0; vector < vectors; vector++) {
                lanes.zero(sum(pixel, vector));
            }
        }
        a.emit(MOV, Gpr.R15, Mem.at(Gpr.RDI, Argument.ROWS.at()));
        if (form.isWrittenOut()) {
            for (int row = 0; row < form.rows; row++) {
                row(row, vectors, lastLanes);
            }
        } else {
            rows(vectors, lastLanes);
        }
        var free = new ArrayList<Vec>();
        for (int i = 2 * form.pixels; i < unit.registers(); i++) {
            free.add(unit.register(i));
        }
        for (int pixel = 0; pixel < form.pixels; pixel++) {
            if (vectors == 2 && lastLanes == unit.lanes() && storesPairs()) {
                storePair(pixel, free);
                continue;
            }
            for (int vector = 0; vector < vectors; vector++) {
                store(pixel, vector, vector < vectors - 1 ? unit.lanes() : lastLanes, free);
            }
        }
    }

    private void rows(int vectors, int lastLanes) {
        var row = new Label("row");
        var done = new Label("rows done");
        a.emit(CMP, Gpr.R15, Mem.at(Gpr.RDI, Argument.ROWS_END.at()));
        a.emit(JAE, done);
        a.bind(row);
        row(0, vectors, lastLanes);
        a.emit(ADD, Gpr.R15, Imm.of(2L * Long.BYTES));
        a.emit(CMP, Gpr.R15, Mem.at(Gpr.RDI, Argument.ROWS_END.at()));
        a.emit(JB, row);
        a.bind(done);
    }

    /// Adds what a row of the window gives.
    ///
    /// @param index of its entry in the table, from r15 on
    private void row(int index, int vectors, int lastLanes) {
        int entry = index * 2 * Long.BYTES;
        a.emit(MOV, Gpr.RAX, Mem.at(Gpr.R15, entry));
        a.emit(ADD, Gpr.RAX, Gpr.R8);
        a.emit(MOV, Gpr.RDX, Mem.at(Gpr.R15, entry + Long.BYTES));
        a.emit(LEA, Gpr.RDX, Mem.at(Gpr.R9, Gpr.RDX, vectors, 0));
        for (int column = form.first; column < form.end; column++) {
            for (int vector = 0; vector < vectors; vector++) {
                var weight = Mem.at(Gpr.RDX, (column * vectors + vector) * unit.bytes());
                boolean whole = vector < vectors - 1 || lastLanes == unit.lanes();
                lanes.load(spare(vector), weight);
                for (int pixel = 0; pixel < form.pixels; pixel++) {
                    multiply(column, vector, pixel, whole ? unit.lanes() : lastLanes);
                }
            }
        }
    }

    private void multiply(int column, int vector, int pixel, int count) {
        int shift = pixel * form.pixelStep + column * form.columnStep + vector * unit.bytes();
        var input = Mem.at(Gpr.RAX, Gpr.RCX, Float.BYTES, shift);
        if (count < unit.lanes()) {
            lanes.loadFirst(spare(2), input, count);
            lanes.accumulate(sum(pixel, vector), spare(vector), spare(2));
        } else {
            lanes.accumulate(sum(pixel, vector), spare(vector), input);
        }
    }

    private boolean storesPairs() {
        return form.integers.isPresent() && code().storesPairs();
    }

    private SumCode code() {
        return new SumCode(form.integers.orElseThrow(), form.stages, true);
    }

    private void storePair(int pixel, List<Vec> free) {
        for (int vector = 0; vector < 2; vector++) {
            code().write(lanes, sum(pixel, vector), free, operands(pixel, vector, unit.lanes()));
        }
        var place = Mem.at(Gpr.RBX, Gpr.RCX, form.resultBytes(), pixel * pixelBytes());
        code().storePair(lanes, place, sum(pixel, 0), sum(pixel, 1), free.getFirst());
    }

    private OperandPlaces operands(int pixel, int vector, int count) {
        int column = vector * unit.bytes();
        int full = pixel * operandBytes() + column;
        return new OperandPlaces(form.stages, Gpr.RCX, Float.BYTES, full, Gpr.RCX, column, count);
    }

    private void store(int pixel, int vector, int count, List<Vec> free) {
        var x = sum(pixel, vector);
        var operands = operands(pixel, vector, count);
        int shift = pixel * pixelBytes() + vector * unit.lanes() * form.resultBytes();
        var place = Mem.at(Gpr.RBX, Gpr.RCX, form.resultBytes(), shift);
        if (form.integers.isPresent()) {
            code().write(lanes, x, free, operands);
            code().store(lanes, place, x, count, free.getFirst());
            return;
        }
        StageCode.write(lanes, form.stages, x, free, operands);
        if (count == unit.lanes()) {
            lanes.store(place, x);
        } else {
            lanes.storeFirst(place, x, count, free.getFirst());
        }
    }
}
