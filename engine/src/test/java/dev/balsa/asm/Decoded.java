package dev.balsa.asm;

import java.util.List;
import java.util.stream.Collectors;

/// An instruction as it was read from bytes of code.
///
/// @param operands as [Assembler#emit] would take them: masks, broadcasts and rounding are theirs, every memory
///     operand has its size, and places relative to the instruction pointer are bound labels
/// @param vectorBits the length of vectors that the prefix tells, which a narrower result and memory do not; 0 for
///     none
/// @param at where it begins
/// @param end where the next one begins
public record Decoded(Instruction instruction, List<Operand> operands, int vectorBits, int at, int end) {
    /// Where a label is bound, in bytes from the start of the code.
    public static int position(Label label) {
        return label.position();
    }

    @Override
    public String toString() {
        return instruction.mnemonic() + " "
                + operands.stream().map(Operand::toString).collect(Collectors.joining(", "));
    }
}
