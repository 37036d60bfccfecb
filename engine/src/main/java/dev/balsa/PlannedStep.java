package dev.balsa;

import dev.balsa.kernel.KernelSpec;
import dev.balsa.run.StepInfo;

/// One step of a planned model, for people to read.
///
/// @param node the node's name in the model
/// @param operator what it computes, fused operators joined by `+`
/// @param kernel the kernel's name, or `plain` for the operator's plain definition
/// @param types the element types that the kernel computes with, as its name has them; empty if it does not
/// @param reason why this kernel: `only candidate`, or its estimated or measured time and that of the next best;
///     empty where there was no choice to make
/// @param layout how the kernel sees its main operand: `channels last`, or `row-major`
/// @param shape element type and shape of its first output
/// @param flops floating-point operations (a multiply-add counts as two); 0 where they are not what takes time
/// @param bytes bytes of operands read and results written, each once
public record PlannedStep(
        String node,
        String operator,
        String kernel,
        String types,
        String reason,
        String layout,
        String shape,
        long flops,
        long bytes) {
    static PlannedStep of(StepInfo info) {
        return new PlannedStep(
                info.node(),
                info.operator(),
                info.kernel(),
                KernelSpec.types(info.kernel()),
                info.reason(),
                info.layout(),
                info.shape(),
                info.flops(),
                info.bytes());
    }
}
