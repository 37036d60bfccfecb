package dev.balsa.kernel.movement;

import dev.balsa.asm.MachineCode;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.code.ElementListCode;
import dev.balsa.kernel.code.RunCopyCode;
import dev.balsa.kernel.code.RunCopyCode.Places;
import dev.balsa.kernel.code.VectorUnit;
import java.lang.foreign.MemorySegment;

/// [BlockCopies] in machine code.
///
/// @param single whether a block is an element, and the code of [ElementListCode], else of [RunCopyCode]
record BlockCodeCopies(boolean single, boolean toList, MachineCode code) implements BlockCopies {
    private static final long ELEMENT = 8;

    /// Copies of blocks of one length; of longer ones than an element also of their parts.
    ///
    /// @param toList whether the list is of places in the target
    static BlockCodeCopies of(VectorUnit unit, Constants constants, long blockBytes, boolean toList) {
        if (blockBytes <= ELEMENT && Long.bitCount(blockBytes) == 1) {
            var elements = new ElementListCode((int) blockBytes, toList);
            return new BlockCodeCopies(true, toList, constants.code(elements.name(), elements::write));
        }
        var places = toList ? Places.TO_LIST : Places.FROM_LIST;
        var code = constants.code(RunCopyCode.name(unit, places), () -> RunCopyCode.write(unit, places));
        return new BlockCodeCopies(false, toList, code);
    }

    @Override
    public long scratchBytes() {
        return single ? ElementListCode.Argument.bytes() : RunCopyCode.Argument.bytes();
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
        if (single) {
            ElementListCode.Argument.SOURCE.set(scratch, source.address() + sourceAt);
            ElementListCode.Argument.TARGET.set(scratch, target.address() + targetAt);
            ElementListCode.Argument.STEP.set(scratch, step);
            ElementListCode.Argument.LIST.set(scratch, list.address() + listAt);
        } else {
            RunCopyCode.Argument.SOURCE.set(scratch, source.address() + sourceAt);
            RunCopyCode.Argument.TARGET.set(scratch, target.address() + targetAt);
            (toList ? RunCopyCode.Argument.SOURCE_ROW : RunCopyCode.Argument.TARGET_ROW).set(scratch, step);
            RunCopyCode.Argument.BYTES.set(scratch, bytes);
            RunCopyCode.Argument.LIST.set(scratch, list.address() + listAt);
        }
        code.call(0, scratch, 0, count);
    }
}
