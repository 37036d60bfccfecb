package dev.balsa;

/// One step of a profiled run.
///
/// @param node the node's name in the model
/// @param operator what it computes, fused operators joined by `+`
/// @param kernel the kernel's name, or `plain` for the operator's plain definition
/// @param output the type and shape of its first output, such as `f32[1,64,56,56]`
/// @param flops floating-point operations (a multiply-add counts as two); 0 where they are not what takes time
/// @param bytes bytes of operands read and results written, each once
/// @param depth 0 for the model's own steps, more for those inside of loops, branches and later stages
/// @param startNanos when the step began, counted from the beginning of the run
/// @param nanos how long it took
public record StepTime(
        String node,
        String operator,
        String kernel,
        String output,
        long flops,
        long bytes,
        int depth,
        long startNanos,
        long nanos) {}
