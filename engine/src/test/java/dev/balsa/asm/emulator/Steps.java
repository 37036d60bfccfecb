package dev.balsa.asm.emulator;

import dev.balsa.asm.AmxInstruction;
import dev.balsa.asm.Decoded;
import dev.balsa.asm.FmaInstruction;
import dev.balsa.asm.GeneralInstruction;
import dev.balsa.asm.Instruction;
import dev.balsa.asm.MaskInstruction;
import dev.balsa.asm.emulator.Step.Action;

/// Finds what a decoded instruction does.
final class Steps {
    private Steps() {}

    /// What an instruction does.
    ///
    /// @param code where the code lies
    static Action action(Decoded decoded, long code) {
        return switch (decoded.instruction()) {
            case GeneralInstruction i -> GeneralSteps.action(i, decoded, code);
            case MaskInstruction i -> MaskSteps.action(i, decoded, code);
            case AmxInstruction i -> TileSteps.action(i, decoded, code);
            case FmaInstruction i -> FmaSteps.action(i, decoded, code);
            default -> VectorSteps.action(decoded, code);
        };
    }

    /// An instruction that nobody has taught us.
    static Action unknown(Instruction instruction) {
        return _ -> {
            throw new AssertionError(instruction.mnemonic() + " is not emulated");
        };
    }
}
