package dev.balsa.cli.profile;

import dev.balsa.StepTime;

/// A step with the time it took itself.
///
/// @param ownNanos the step's time without that of the steps inside of it
record ProfiledStep(StepTime step, long ownNanos) {}
