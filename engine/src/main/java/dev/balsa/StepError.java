package dev.balsa;

/// How exact a step of a run is.
///
/// @param node the node's name in the model
/// @param operator what it computes, fused operators joined by `+`
/// @param kernel the kernel's name, or `plain` for the operator's plain definition
/// @param shape the type and shape of its first output
/// @param error how far the result is from that of the plain definition in double precision
public record StepError(String node, String operator, String kernel, String shape, Deviation error) {}
