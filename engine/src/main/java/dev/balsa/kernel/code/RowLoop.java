package dev.balsa.kernel.code;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.CMOVA;
import static dev.balsa.asm.GeneralInstruction.CMP;
import static dev.balsa.asm.GeneralInstruction.JAE;
import static dev.balsa.asm.GeneralInstruction.JB;
import static dev.balsa.asm.GeneralInstruction.JE;
import static dev.balsa.asm.GeneralInstruction.JMP;
import static dev.balsa.asm.GeneralInstruction.LEA;
import static dev.balsa.asm.GeneralInstruction.MOV;
import static dev.balsa.asm.GeneralInstruction.XOR;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Imm;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mask;
import dev.balsa.asm.Mem;
import dev.balsa.asm.Operand;
import dev.balsa.asm.Vec;
import dev.balsa.kernel.Effects;
import java.lang.foreign.MemorySegment;

/// Writes loops along rows of floats whose length only the running routine knows: blocks of a few vectors, then
/// vectors, then the lanes that are left.
///
/// rdi points to the routine's arguments, of which [#ARGUMENTS] in a row tell the length; rcx is the way into the
/// row in bytes. Bodies keep both. rax is overwritten.
public final class RowLoop {
    /// How many arguments tell a length.
    public static final int ARGUMENTS = 3;

    private static final int BLOCKS = 0;
    private static final int WHOLE = Long.BYTES;
    private static final int REST = 2 * Long.BYTES;

    private final Lanes lanes;
    private final Assembler a;
    private final RestLanes rest;
    private final int vectors;
    private final int arguments;

    /// What is done to vectors.
    @FunctionalInterface
    public interface Body {
        /// Writes what is done to the vectors from rcx on.
        ///
        /// @param count how many
        /// @param partly whether it is one vector that has the rest's lanes only
        void vectors(int count, boolean partly);
    }

    /// Loops over rows of one length.
    ///
    /// @param vectors of a block
    /// @param arguments where the length is told, in bytes from rdi
    /// @param register keeps the rest's lanes where there are no mask registers
    /// @param mask keeps them where there are
    public RowLoop(Lanes lanes, int vectors, int arguments, Vec register, Mask mask) {
        this.lanes = lanes;
        this.a = lanes.assembler();
        this.rest = new RestLanes(lanes, register, mask);
        this.vectors = vectors;
        this.arguments = arguments;
    }

    /// Tells a routine the length of rows.
    ///
    /// @param at where, in bytes
    /// @param vectors of a block
    /// @param length in elements
    public static void set(MemorySegment arguments, long at, VectorUnit unit, int vectors, long length) {
        long block = (long) vectors * unit.lanes();
        Effects.putLong(arguments, at + BLOCKS, length / block * vectors * unit.bytes());
        Effects.putLong(arguments, at + WHOLE, length / unit.lanes() * unit.bytes());
        Effects.putLong(arguments, at + REST, length % unit.lanes());
    }

    /// The lanes of the last vector.
    public RestLanes rest() {
        return rest;
    }

    /// Prepares for rows of the length; overwrites rax and rcx.
    public void prepare() {
        rest.choose(told(REST));
    }

    /// d = the floats at x; of a last vector those that are there, and zeros
    public void load(Vec d, Mem x, boolean partly) {
        if (partly) {
            rest.load(d, x);
        } else {
            lanes.load(d, x);
        }
    }

    /// the floats at d = x; of a last vector those that are there
    public void store(Mem d, Vec x, boolean partly) {
        if (partly) {
            rest.store(d, x);
        } else {
            lanes.store(d, x);
        }
    }

    private Mem told(int which) {
        return Mem.at(Gpr.RDI, arguments + which);
    }

    /// Writes the loop along one row.
    public void write(Body body) {
        var singles = new Label("singles");
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.emit(CMP, Gpr.RCX, told(BLOCKS));
        a.emit(JAE, singles);
        blocks(body, told(BLOCKS));
        a.bind(singles);
        singles(body);
    }

    /// Writes the loop along one row, taken in pieces of `most` elements, with what is done before and after each.
    /// Overwrites r15.
    ///
    /// @param most a multiple of a block's
    public void pieces(int most, Runnable before, Body body, Runnable after) {
        var piece = new Label("piece");
        var singles = new Label("singles");
        a.emit(XOR, Gpr.RCX.low32(), Gpr.RCX.low32());
        a.bind(piece);
        before.run();
        a.emit(MOV, Gpr.RAX, told(BLOCKS));
        a.emit(LEA, Gpr.R15, Mem.at(Gpr.RCX, most * Float.BYTES));
        a.emit(CMP, Gpr.R15, Gpr.RAX);
        a.emit(CMOVA, Gpr.R15, Gpr.RAX);
        a.emit(CMP, Gpr.RCX, Gpr.R15);
        a.emit(JAE, singles);
        blocks(body, Gpr.R15);
        a.emit(CMP, Gpr.RCX, told(BLOCKS));
        a.emit(JAE, singles);
        after.run();
        a.emit(JMP, piece);
        a.bind(singles);
        singles(body);
        after.run();
    }

    private void blocks(Body body, Operand end) {
        var block = new Label("block");
        a.align(16);
        a.bind(block);
        body.vectors(vectors, false);
        a.emit(ADD, Gpr.RCX, Imm.of((long) vectors * lanes.unit().bytes()));
        a.emit(CMP, Gpr.RCX, end);
        a.emit(JB, block);
    }

    private void singles(Body body) {
        var single = new Label("single");
        var partly = new Label("partly");
        var end = new Label("end");
        a.emit(CMP, Gpr.RCX, told(WHOLE));
        a.emit(JAE, partly);
        a.bind(single);
        body.vectors(1, false);
        a.emit(ADD, Gpr.RCX, Imm.of(lanes.unit().bytes()));
        a.emit(CMP, Gpr.RCX, told(WHOLE));
        a.emit(JB, single);
        a.bind(partly);
        a.emit(CMP, told(REST).sized(Long.SIZE), Imm.of(0));
        a.emit(JE, end);
        body.vectors(1, true);
        a.bind(end);
    }
}
