package dev.balsa.cli.profile;

import dev.balsa.Roof;
import dev.balsa.StepTime;
import dev.balsa.cpu.PeakRates;

/// A step with the time it took itself.
///
/// @param ownNanos the step's time without that of the steps inside of it
record ProfiledStep(StepTime step, long ownNanos) {
    /// What limits its operations per second.
    Roof roof() {
        return Roof.ofKernel(step.kernel());
    }

    /// How long its operations would take at their roof.
    double leastNanos(PeakRates peak) {
        return 1e9 * step.flops() / roof().flops(peak);
    }
}
