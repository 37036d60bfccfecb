package dev.balsa.asm.emulator;

import dev.balsa.asm.Avx512Instruction;
import dev.balsa.asm.AvxInstruction;
import dev.balsa.asm.Decoded;
import dev.balsa.asm.IntegerVectorInstruction;
import dev.balsa.asm.emulator.Step.Action;
import java.util.Optional;

/// What vector instructions do, found among the families of them.
final class VectorSteps {
    private VectorSteps() {}

    static Action action(Decoded decoded, long code) {
        var form = new VectorForm(decoded, code);
        var action = switch (decoded.instruction()) {
            case AvxInstruction i ->
                FloatSteps.of(i, form)
                        .or(() -> MoveSteps.of(i, form))
                        .or(() -> ShuffleSteps.of(i, form))
                        .or(() -> ConversionSteps.of(i, form));
            case IntegerVectorInstruction i ->
                IntegerSteps.of(i, form)
                        .or(() -> MoveSteps.of(i, form))
                        .or(() -> ShuffleSteps.of(i, form))
                        .or(() -> ConversionSteps.of(i, form))
                        .or(() -> DotSteps.of(i, form));
            case Avx512Instruction i ->
                FloatPartSteps.of(i, form)
                        .or(() -> IntegerSteps.of(i, form))
                        .or(() -> MoveSteps.of(i, form))
                        .or(() -> ShuffleSteps.of(i, form))
                        .or(() -> ConversionSteps.of(i, form))
                        .or(() -> DotSteps.of(i, form));
            default -> Optional.<Action>empty();
        };
        return action.orElseGet(() -> Steps.unknown(decoded.instruction()));
    }
}
