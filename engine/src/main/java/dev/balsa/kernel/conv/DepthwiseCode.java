package dev.balsa.kernel.conv;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.IMUL;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Stage;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.OperandPlaces;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.StageCode;
import dev.balsa.kernel.code.VectorUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Writes the code of a depthwise convolution: some neighbouring pixels of an output row by some vectors of
/// channels are summed up in registers over the window, which is written out position by position, then passed
/// through the epilogue and stored.
///
/// The routine makes tiles for the pixels from rsi to rdx, whose number is a multiple of the tile's; rdi points to
/// the [Argument]s, addresses for the row's pixel 0. Weights are packed in blocks of as many channels as are
/// summed up at once: per position of the window a vector or two.
final class DepthwiseCode {
    /// What a routine is told, in this order.
    enum Argument implements RoutineArgument {
        INPUT(0),
        WEIGHTS(1),
        OUTPUT(2),
        /// The epilogue's operands, in the order in which its stages name them.
        OPERANDS(3);

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
    /// @param taps bytes from the first position of the window to each
    /// @param pixelStep bytes from an output pixel's window to the next one's
    /// @param stages of the epilogue
    record Form(VectorUnit unit, int pixels, int channels, List<Integer> taps, int pixelStep, List<Stage> stages) {
        /// Copies the lists.
        Form {
            taps = List.copyOf(taps);
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

    /// r8 = windows of the tile's first pixel, rbx = its result, r9 walks along the weights, rcx = bytes of
    /// channels done.
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
        var tile = new Label("tile");
        a.bind(tile);
        a.emit(MOV, Gpr.R9, Mem.at(Gpr.RDI, Argument.WEIGHTS.at()));
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        var blocks = form.blocks();
        boolean plainEnd = form.lastLanes() == unit.lanes() && blocks.getLast() == 2;
        int repeated = plainEnd ? blocks.size() : blocks.size() - 1;
        if (repeated > 0) {
            var channels = new Label("channels");
            a.bind(channels);
            block(2, unit.lanes());
            a.emit(ADD, Gpr.RCX, Imm.of(2L * unit.bytes()));
            a.emit(ADD, Gpr.R9, Imm.of(2L * unit.bytes() * form.taps.size()));
            a.emit(CMP, Gpr.RCX, Imm.of(2L * unit.bytes() * repeated));
            a.emit(JB, channels);
        }
        if (!plainEnd) {
            block(blocks.getLast(), form.lastLanes());
        }
        advance();
        a.emit(ADD, Gpr.RSI, Imm.of(form.pixels));
        a.emit(CMP, Gpr.RSI, Gpr.RDX);
        a.emit(JB, tile);
    }

    private int pixelBytes() {
        return form.channels * Float.BYTES;
    }

    /// From the row's first pixel to pixel rsi.
    private void skipTo() {
        a.emit(IMUL, Gpr.RAX, Gpr.RSI, Imm.of(form.pixelStep));
        a.emit(ADD, Gpr.R8, Gpr.RAX);
        a.emit(IMUL, Gpr.RAX, Gpr.RSI, Imm.of(pixelBytes()));
        a.emit(ADD, Gpr.RBX, Gpr.RAX);
        forEachFull(register -> a.emit(ADD, register, Gpr.RAX));
    }

    private void advance() {
        a.emit(ADD, Gpr.R8, Imm.of((long) form.pixels * form.pixelStep));
        a.emit(ADD, Gpr.RBX, Imm.of((long) form.pixels * pixelBytes()));
        forEachFull(register -> a.emit(ADD, register, Imm.of((long) form.pixels * pixelBytes())));
    }

    private void forEachFull(Consumer<Gpr> action) {
        for (int i = 0; i < operands.size(); i++) {
            if (OperandPlaces.isFull(form.stages, operands.get(i))) {
                action.accept(OperandPlaces.BASES.get(i));
            }
        }
    }

    private void block(int vectors, int lastLanes) {
        for (int tap = 0; tap < form.taps.size(); tap++) {
            for (int vector = 0; vector < vectors; vector++) {
                var weight = Mem.at(Gpr.R9, (tap * vectors + vector) * unit.bytes());
                boolean whole = vector < vectors - 1 || lastLanes == unit.lanes();
                lanes.load(spare(vector), weight);
                for (int pixel = 0; pixel < form.pixels; pixel++) {
                    multiply(tap, vector, pixel, whole ? unit.lanes() : lastLanes);
                }
            }
        }
        var free = new ArrayList<Vec>();
        for (int i = 2 * form.pixels; i < unit.registers(); i++) {
            free.add(unit.register(i));
        }
        for (int pixel = 0; pixel < form.pixels; pixel++) {
            for (int vector = 0; vector < vectors; vector++) {
                store(pixel, vector, vector < vectors - 1 ? unit.lanes() : lastLanes, free);
            }
        }
    }

    private void multiply(int tap, int vector, int pixel, int count) {
        var input = Mem.at(Gpr.R8, Gpr.RCX, 1, pixel * form.pixelStep + form.taps.get(tap) + vector * unit.bytes());
        if (count < unit.lanes()) {
            lanes.loadFirst(spare(2), input, count);
            combine(tap, sum(pixel, vector), spare(vector), spare(2));
        } else if (tap == 0) {
            lanes.multiply(sum(pixel, vector), spare(vector), input);
        } else {
            lanes.accumulate(sum(pixel, vector), spare(vector), input);
        }
    }

    private void combine(int tap, Vec sum, Vec weight, Vec input) {
        if (tap == 0) {
            lanes.multiply(sum, weight, input);
        } else {
            lanes.accumulate(sum, weight, input);
        }
    }

    private void store(int pixel, int vector, int count, List<Vec> free) {
        int shift = pixel * pixelBytes() + vector * unit.bytes();
        var x = sum(pixel, vector);
        int column = vector * unit.bytes();
        StageCode.write(
                lanes, form.stages, x, free, new OperandPlaces(form.stages, Gpr.RCX, 1, shift, Gpr.RCX, column, count));
        var place = Mem.at(Gpr.RBX, Gpr.RCX, 1, shift);
        if (count == unit.lanes()) {
            lanes.store(place, x);
        } else {
            lanes.storeFirst(place, x, count, free.getFirst());
        }
    }
}
