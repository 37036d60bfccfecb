package dev.balsa.kernel.movement;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.BinaryFunction;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.code.RunReductionCode;
import dev.balsa.kernel.code.RunReductionCode.Argument;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;

/// [BlockReductions] of floats in machine code.
record BlockCodeReductions(VectorUnit unit, MachineCode code) implements BlockCopies {
    static BlockCodeReductions of(VectorUnit unit, Constants constants, BinaryFunction function) {
        var reduction = new RunReductionCode(unit, function);
        return new BlockCodeReductions(unit, constants.code(reduction.name(), reduction::write));
    }

    @Override
    public long scratchBytes() {
        return Argument.bytes();
    }

    @Override
    public void copy(
            MemorySegment scratch,
            MemorySegment source,
            long sourceAt,
            MemorySegment target,
            long targetAt,
            MemorySegment list,
            long listAt,
            long step,
            long bytes,
            long count) {
        Argument.SOURCE.set(scratch, source.address() + sourceAt);
        Argument.TARGET.set(scratch, target.address() + targetAt);
        Argument.SOURCE_ROW.set(scratch, step);
        Argument.LIST.set(scratch, list.address() + listAt);
        RunReductionCode.setLength(scratch, unit, bytes / Float.BYTES);
        code.call(0, scratch, 0, count);
    }
}
