package dev.balsa.kernel.tile;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Effects;
import dev.balsa.kernel.Frame;
import dev.balsa.kernel.code.VectorUnit;
import dev.balsa.kernel.code.WidenCode;
import dev.balsa.kernel.code.WidenCode.Argument;
import java.lang.foreign.MemorySegment;

/// Copies 8-bit integers less their zero point to wider numbers, for products. Immutable and thread-safe.
public final class Widening {
    private final boolean signed;
    private final boolean zeroPoint;
    private final MachineCode code;

    /// Has the routine written, where it is new.
    ///
    /// @param zeroPoint whether operand 2 of frames is the zero point; otherwise it is 0
    public Widening(VectorUnit unit, boolean signed, boolean zeroPoint, WidenCode.Target target, Constants constants) {
        this.signed = signed;
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
        Argument.ZERO_POINT.set(scratch, zeroPoint(frame));
        Argument.SOURCE_STEP.set(scratch, sourceStep);
        Argument.TARGET_STEP.set(scratch, targetStep);
        code.call(0, scratch, runs, length);
    }

    private int zeroPoint(Frame frame) {
        return zeroPoint ? zeroPoint(frame, signed) : 0;
    }

    /// The zero point that is operand 2 of a frame.
    public static int zeroPoint(Frame frame, boolean signed) {
        byte value = Effects.getByte(frame.operand(2), 0);
        return signed ? value : Byte.toUnsignedInt(value);
    }
}
