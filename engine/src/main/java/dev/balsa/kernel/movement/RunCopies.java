package dev.balsa.kernel.movement;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.code.RunCopyCode;
import dev.balsa.kernel.code.RunCopyCode.Argument;
import dev.balsa.kernel.code.RunCopyCode.Places;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;

/// Copies runs of bytes at equal distances, in machine code.
///
/// @param code of [RunCopyCode]
record RunCopies(MachineCode code) {
    /// Scratch memory that a call takes.
    static final long SCRATCH = Argument.bytes();

    static RunCopies of(VectorUnit unit, Constants constants) {
        return new RunCopies(
                constants.code(RunCopyCode.name(unit, Places.EQUAL), () -> RunCopyCode.write(unit, Places.EQUAL)));
    }

    /// All in bytes; at least one run of at least one byte.
    void copy(MemorySegment scratch, long source, long target, long sourceRow, long targetRow, long bytes, long runs) {
        Argument.SOURCE.set(scratch, source);
        Argument.TARGET.set(scratch, target);
        Argument.SOURCE_ROW.set(scratch, sourceRow);
        Argument.TARGET_ROW.set(scratch, targetRow);
        Argument.BYTES.set(scratch, bytes);
        code.call(0, scratch, 0, runs);
    }
}
