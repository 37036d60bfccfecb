/// How long competing kernels take: measured on memory of the trial's own, and remembered from process to process.
///
/// A [Tuner] tells times that are known, and may have them measured. [FileTuner] keeps them in a file per
/// processor and version of the engine ([ChoiceFile]), in the folder that [CacheFolder] finds. [Trial] measures.
///
/// Not here: what kernels expect to take ([dev.balsa.kernel.Kernel#cost]), and who decides (`dev.balsa.plan`).
/// Start at [Tuner].
@NullMarked
package dev.balsa.plan.choice;

import org.jspecify.annotations.NullMarked;
