package dev.balsa;

import dev.balsa.run.StepInfo;

/// One step of a planned model, for people to read.
///
/// @param node the node's name in the model
/// @param operator what it computes, fused operators joined by `+`
/// @param kernel the kernel's name, or `plain` for the operator's plain definition
/// @param shape element type and shape of its first output
/// @param flops floating-point operations (a multiply-add counts as two); 0 where they are not what takes time
/// @param bytes bytes of operands read and results written, each once
public record PlannedStep(String node, String operator, String kernel, String shape, long flops, long bytes) {
    static PlannedStep of(StepInfo info) {
        return new PlannedStep(info.node(), info.operator(), info.kernel(), info.shape(), info.flops(), info.bytes());
    }
}
