package dev.balsa.kernel.resize;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMOVA;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JGE;
import static dev.balsa.asm.GeneralInstruction.JL;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.FmaInstruction;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Storage;
import dev.balsa.kernel.code.Lanes;
import dev.balsa.kernel.code.Routine;
import dev.balsa.kernel.code.RoutineArgument;
import dev.balsa.kernel.code.VectorUnit;

/// Writes the code that makes rdx pixels, at least 1, each the weighted sum of [#taps] pixels anywhere in memory;
/// rdi points to the [Argument]s. A pixel is a number of floats side by side, its channels.
///
/// What is left behind whole vectors of channels is done by one that ends with the last channel, once more over
/// some that are done; fewer channels than a vector has are done one by one.
///
/// @param unit the unit
/// @param taps how many pixels a pixel is made of, at least 1
/// @param input how what is read is stored; as floats for fewer channels than a vector has
/// @param output how what is made is stored, likewise
record ResizeCode(VectorUnit unit, int taps, Storage input, Storage output) {
    /// What the routine is told, in this order.
    enum Argument implements RoutineArgument {
        TARGET(0),
        /// Where the addresses of the pixels stand that make up a pixel, pixel after pixel.
        SOURCES(1),
        /// Where their weights stand, floats in the same order.
        WEIGHTS(2),
        /// Channels of a pixel.
        PIXEL(3),
        /// Bytes from a pixel that is made to the next.
        TARGET_STEP(4);

        private final int place;

        Argument(int place) {
            this.place = place;
        }

        @Override
        public int place() {
            return place;
        }

        /// Bytes of all.
        static long bytes() {
            return (long) values().length * Long.BYTES;
        }
    }

    private static final int BLOCK = 4;
    private static final Gpr TARGET = Gpr.R8;
    private static final Gpr SOURCES = Gpr.R9;
    private static final Gpr WEIGHTS = Gpr.R10;
    private static final Gpr PIXEL = Gpr.R11;
    private static final Gpr DONE = Gpr.RCX;
    /// Where the last vector of a pixel begins; below 0 if it has fewer channels.
    private static final Gpr LAST = Gpr.R12;
    /// Where the last block begins at most.
    private static final Gpr LAST_BLOCK = Gpr.R13;

    /// Names the routine; equal names are equal code.
    String name() {
        return unit.isa().label() + "_resize_f32_" + taps + " from " + input + " to " + output;
    }

    /// The routine's code.
    byte[] write() {
        return Routine.of(0, assembler -> write(new Lanes(assembler, unit)));
    }

    private void write(Lanes lanes) {
        var a = lanes.assembler();
        a.emit(MOV, TARGET, Mem.at(Gpr.RDI, Argument.TARGET.at()));
        a.emit(MOV, SOURCES, Mem.at(Gpr.RDI, Argument.SOURCES.at()));
        a.emit(MOV, WEIGHTS, Mem.at(Gpr.RDI, Argument.WEIGHTS.at()));
        a.emit(MOV, PIXEL, Mem.at(Gpr.RDI, Argument.PIXEL.at()));
        a.emit(LEA, LAST, Mem.at(PIXEL, -unit.lanes()));
        a.emit(LEA, LAST_BLOCK, Mem.at(PIXEL, -BLOCK * unit.lanes()));
        var pixel = new Label("pixel");
        var block = new Label("block");
        var vector = new Label("vector");
        var single = new Label("single");
        var next = new Label("next");
        a.bind(pixel);
        a.emit(XOR, DONE.low32(), DONE.low32());
        a.emit(CMP, LAST, DONE);
        a.emit(JL, single);
        a.emit(CMP, LAST_BLOCK, DONE);
        a.emit(JL, vector);
        a.bind(block);
        sum(lanes, BLOCK);
        a.emit(ADD, DONE, Imm.of((long) BLOCK * unit.lanes()));
        a.emit(CMP, LAST_BLOCK, DONE);
        a.emit(JGE, block);
        // One vector after the other; the last one begins where it ends with the pixel.
        a.bind(vector);
        a.emit(CMP, DONE, PIXEL);
        a.emit(JAE, next);
        a.emit(CMP, DONE, LAST);
        a.emit(CMOVA, DONE, LAST);
        sum(lanes, 1);
        a.emit(ADD, DONE, Imm.of(unit.lanes()));
        a.emit(JMP, vector);
        a.bind(single);
        single(a);
        a.emit(ADD, DONE, Imm.of(1));
        a.emit(CMP, DONE, PIXEL);
        a.emit(JB, single);
        a.bind(next);
        a.emit(ADD, TARGET, Mem.at(Gpr.RDI, Argument.TARGET_STEP.at()));
        a.emit(ADD, SOURCES, Imm.of((long) taps * Long.BYTES));
        a.emit(ADD, WEIGHTS, Imm.of((long) taps * Float.BYTES));
        a.emit(DEC, Gpr.RDX);
        a.emit(JNE, pixel);
    }

    /// Some vectors of channels of a pixel. The first product is not added to 0, so that zeros keep their sign.
    private void sum(Lanes lanes, int vectors) {
        var a = lanes.assembler();
        var weight = unit.register(BLOCK);
        for (int tap = 0; tap < taps; tap++) {
            a.emit(MOV, Gpr.RAX, Mem.at(SOURCES, tap * Long.BYTES));
            lanes.broadcast(weight, Mem.at(WEIGHTS, tap * Float.BYTES));
            for (int i = 0; i < vectors; i++) {
                var source = source(lanes, i);
                if (tap == 0) {
                    lanes.multiply(unit.register(i), weight, source);
                } else {
                    lanes.accumulate(unit.register(i), weight, source);
                }
            }
        }
        for (int i = 0; i < vectors; i++) {
            var place = Mem.at(TARGET, DONE, output.bytes(), i * unit.lanes() * output.bytes());
            lanes.store(place, unit.register(i), output, unit.register(i));
        }
    }

    /// A vector of the pixel at rax.
    private Operand source(Lanes lanes, int vector) {
        var place = Mem.at(Gpr.RAX, DONE, input.bytes(), vector * unit.lanes() * input.bytes());
        if (input == Storage.FLOATS) {
            return place;
        }
        var x = unit.register(BLOCK + 1);
        lanes.load(x, place, input);
        return x;
    }

    private void single(Assembler a) {
        var sum = Vec.xmm(0);
        var weight = Vec.xmm(1);
        for (int tap = 0; tap < taps; tap++) {
            a.emit(MOV, Gpr.RAX, Mem.at(SOURCES, tap * Long.BYTES));
            a.emit(AvxInstruction.VMOVSS, weight, Mem.at(WEIGHTS, tap * Float.BYTES));
            var source = Mem.at(Gpr.RAX, DONE, Float.BYTES, 0);
            if (tap == 0) {
                a.emit(AvxInstruction.VMULSS, sum, weight, source);
            } else {
                a.emit(FmaInstruction.VFMADD231SS, sum, weight, source);
            }
        }
        a.emit(AvxInstruction.VMOVSS, Mem.at(TARGET, DONE, Float.BYTES, 0), sum);
    }
}
