package dev.balsa.plan;

import dev.balsa.cpu.Caches;
import dev.balsa.cpu.Isa;
import dev.balsa.kernel.Constants;
import dev.balsa.kernel.Machine;
import dev.balsa.plan.choice.Tuner;
import dev.balsa.tensor.Precision;

/// What all programs of a model share.
///
/// @param isa the highest instruction-set level that kernels may use
/// @param precision how close results must stay to what the model says
/// @param constants keeps packed weights
/// @param memoryLimit the most bytes that the intermediate tensors of one program may take
/// @param threads how many threads may plan at once, at least 1
/// @param machine what estimates of time rest on; its workers are those of a stream
/// @param tuner knows how long kernels take
/// @param decodes whether most runs are of single rows, as those that decode text token by token
public record PlanContext(
        Isa isa,
        Precision precision,
        Constants constants,
        long memoryLimit,
        int threads,
        Machine machine,
        Tuner tuner,
        boolean decodes) {
    /// A context for streams of one worker, without a tuner.
    public PlanContext(Isa isa, Precision precision, Constants constants, long memoryLimit, int threads) {
        this(
                isa,
                precision,
                constants,
                memoryLimit,
                threads,
                Machine.nominal(isa, Caches.ASSUMED, 1),
                Tuner.OFF,
                false);
    }

    /// The same for runs most of which are of single rows.
    PlanContext decoding() {
        return new PlanContext(isa, precision, constants, memoryLimit, threads, machine, tuner, true);
    }
}
