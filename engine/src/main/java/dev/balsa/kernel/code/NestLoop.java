package dev.balsa.kernel.code;

import static dev.balsa.asm.GeneralInstruction.ADD;
import static dev.balsa.asm.GeneralInstruction.DEC;
import static dev.balsa.asm.GeneralInstruction.JNE;
import static dev.balsa.asm.GeneralInstruction.MOV;

import dev.balsa.asm.Assembler;
import dev.balsa.asm.Gpr;
import dev.balsa.asm.Label;
import dev.balsa.asm.Mem;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.LoopNest;
import java.lang.foreign.MemorySegment;

/// Writes the outer loops of a walk over a shape: all dimensions of a [LoopNest] but the innermost. What is at a
/// place is written once.
///
/// rdi points to the routine's arguments, of which two per loop, outermost first, tell the passes and the bytes
/// from one to the next. The loops keep their state at rsp and overwrite rax.
///
/// @param loops how many there are
/// @param arguments where they are told, in bytes from rdi
public record NestLoop(Assembler assembler, int loops, int arguments) {
    /// The most loops that routines are written for.
    public static final int MOST = 6;

    private static final int PAIR = 2 * Long.BYTES;

    /// The loops of a walk: none for a shape of one dimension.
    public static int loops(LoopNest nest) {
        return Math.max(0, nest.rank() - 1);
    }

    /// Bytes at rsp that the loops use.
    public static int stackBytes(int loops) {
        return loops * PAIR;
    }

    /// Bytes of the arguments.
    public static int argumentBytes(int loops) {
        return loops * PAIR;
    }

    /// Tells a routine the loops over floats of a walk's first operand.
    public static void set(MemorySegment arguments, long at, LoopNest nest) {
        for (int i = 0; i < loops(nest); i++) {
            Effects.putLong(arguments, at + (long) i * PAIR, nest.size(i));
            Effects.putLong(arguments, at + (long) i * PAIR + Long.BYTES, nest.stride(0, i) * Float.BYTES);
        }
    }

    /// Writes the loops, of at least one pass each.
    ///
    /// @param place begins at the walk's first place, and is at each in turn when the inside runs, which may
    ///     overwrite it; undefined in the end
    /// @param inside what is done at every place
    public void write(Gpr place, Runnable inside) {
        write(place, inside, 0);
    }

    private void write(Gpr place, Runnable inside, int loop) {
        if (loop == loops) {
            inside.run();
            return;
        }
        var left = Mem.at(Gpr.RSP, loop * PAIR);
        var start = left.plus(Long.BYTES);
        var pass = new Label("pass");
        assembler.emit(MOV, Gpr.RAX, told(loop * PAIR));
        assembler.emit(MOV, left, Gpr.RAX);
        assembler.bind(pass);
        assembler.emit(MOV, start, place);
        write(place, inside, loop + 1);
        assembler.emit(MOV, place, start);
        assembler.emit(ADD, place, told(loop * PAIR + Long.BYTES));
        assembler.emit(DEC, left.sized(Long.SIZE));
        assembler.emit(JNE, pass);
    }

    private Mem told(int which) {
        return Mem.at(Gpr.RDI, arguments + which);
    }
}
