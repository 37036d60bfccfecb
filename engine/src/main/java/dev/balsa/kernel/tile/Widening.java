package dev.balsa.kernel.tile;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.code.WidenCode;
import dev.balsa.kernel.code.WidenCode.Argument;
import java.lang.foreign.MemorySegment;

/// Copies 8-bit integers less their zero point to wider numbers, for products. Immutable and thread-safe.
public final class Widening {
    private final ZeroPoint zeroPoint;
    private final MachineCode code;

    /// Has the routine written, where it is new.
    ///
    /// @param signed whether integers are moved up by 128 for quads, else whether they have a sign
    /// @param zeroPoint what others are less
    public Widening(
            VectorUnit unit, boolean signed, ZeroPoint zeroPoint, WidenCode.Target target, Constants constants) {
        this.zeroPoint = zeroPoint;
        var widen = new WidenCode(unit, signed, target);
        code = constants.code(widen.name(), widen::write);
    }

    /// Bytes of arguments at the start of the scratch memory that [#run] overwrites.
    public static long argumentBytes() {
        return Argument.bytes();
    }

    /// Widens runs of neighbouring elements.
    ///
    /// @param source address of the first run
    /// @param sourceStep bytes from a run to the next
    /// @param target address of the first run's target
    /// @param targetStep bytes from a run to the next
    /// @param runs how many
    /// @param length elements of each
    public void run(Frame frame, long source, long sourceStep, long target, long targetStep, long runs, long length) {
        if (runs <= 0 || length <= 0) {
            return;
        }
        MemorySegment scratch = frame.scratch();
        Argument.SOURCE.set(scratch, source);
        Argument.TARGET.set(scratch, target);
        zeroPoint.tell(frame, Argument.ZERO_POINT);
        Argument.SOURCE_STEP.set(scratch, sourceStep);
        Argument.TARGET_STEP.set(scratch, targetStep);
        code.call(0, scratch, runs, length);
    }
}
