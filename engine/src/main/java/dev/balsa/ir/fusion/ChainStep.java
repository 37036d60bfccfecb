package dev.balsa.ir.fusion;

import dev.balsa.ir.Op;
import java.util.List;

/// One operator of a chain, applied to what came before it.
///
/// @param op an operator with one output of the shape of the chain
/// @param operands for each of its inputs: [#CHAIN], [#LEFT_OUT], or the number of an input of the fused node
public record ChainStep(Op op, List<Long> operands) {
    /// Stands for the result of the steps before.
    public static final long CHAIN = -1;
    /// Stands for an optional input that is left out.
    public static final long LEFT_OUT = -2;

    /// Copies the list.
    public ChainStep {
        operands = List.copyOf(operands);
    }
}
