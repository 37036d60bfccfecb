package dev.balsa.plan;

import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.tensor.Precision;

/// What all programs of a model share.
///
/// @param isa the highest instruction-set level that kernels may use
/// @param precision how close results must stay to what the model says
/// @param constants keeps packed weights
/// @param memoryLimit the most bytes that the intermediate tensors of one program may take
/// @param threads how many threads may plan at once, at least 1
public record PlanContext(Isa isa, Precision precision, Constants constants, long memoryLimit, int threads) {}
