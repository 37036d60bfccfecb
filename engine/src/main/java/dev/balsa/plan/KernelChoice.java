package dev.balsa.plan;

import dev.balsa.ir.Value;
import dev.balsa.kernel.Work;
import java.util.List;
import java.util.OptionalInt;

/// How a node is to be run by a kernel.
///
/// @param kernel the kernel's name
/// @param reason why it was chosen, for people
/// @param work prepared for the node's shapes
/// @param operands in the order of the kernel's request: inputs, then the node's wanted outputs
/// @param inPlace the input operand whose memory the (only) output may take over, if any
/// @param flops floating-point operations; 0 where they are not what takes time
public record KernelChoice(
        String kernel, String reason, Work work, List<Value> operands, OptionalInt inPlace, long flops) {
    /// Copies the list.
    public KernelChoice {
        operands = List.copyOf(operands);
    }
}
