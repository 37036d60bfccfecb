package dev.balsa.run;

/// What a step is, for plans and profiles that people read.
///
/// @param node the node's name in the model
/// @param operator what it computes, fused operators joined by `+`
/// @param kernel the kernel's name, or `plain` for the operator's plain definition
/// @param reason why this kernel; empty where there was no choice to make
/// @param layout how the kernel sees its main operand: `channels last`, or `row-major`
/// @param shape the type and shape of its first output
/// @param flops floating-point operations (a multiply-add counts as two); 0 where they are not what takes time
/// @param bytes bytes of operands read and results written, each once
public record StepInfo(
        String node,
        String operator,
        String kernel,
        String reason,
        String layout,
        String shape,
        long flops,
        long bytes) {
    /// A step that stands by itself: without a reason, row-major.
    public StepInfo(String node, String operator, String kernel, String shape, long flops, long bytes) {
        this(node, operator, kernel, "", "row-major", shape, flops, bytes);
    }

    /// How messages name the step: `Conv "conv1"`.
    public String label() {
        return operator + " \"" + node + "\"";
    }
}
